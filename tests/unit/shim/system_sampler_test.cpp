#include "agent-shim/system_sampler.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/fakes/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace shim;
using namespace std::chrono_literals;

class SystemSamplerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SystemSamplerTest);
  CPPUNIT_TEST(rates_lie_between_the_last_two_samples);
  CPPUNIT_TEST(a_second_asker_does_not_shrink_the_window);
  CPPUNIT_TEST(counts_whole_disks_only);
  CPPUNIT_TEST(ignores_interfaces_by_pattern);
  CPPUNIT_TEST(leaves_out_what_is_missing);
  CPPUNIT_TEST(counts_sessions_of_logind_without_utmp);
  CPPUNIT_TEST(sees_space_on_a_real_file_system);
  CPPUNIT_TEST_SUITE_END();

  test::TempDir root_;
  test::FakeClock clock_;

  void write_stat(int busy, int idle) {
    root_.write("proc/stat", "cpu  " + std::to_string(busy) + " 0 0 " + std::to_string(idle) +
                                 " 0 0 0 0\ncpu0 1 1 1 1\n");
    root_.write("proc/loadavg", "1 2 3 1/1 1\n");
  }

  void write_disks(int reads) {
    const std::string count = std::to_string(reads);
    root_.write("proc/diskstats", "8 0 sda " + count + " 0 0 0 " + count +
                                      " 0 0\n8 1 sda1 9999 0 0 0 9999 0 0\n"
                                      "253 0 dm-0 9999 0 0 0 9999 0 0\n");
    root_.write("sys/block/sda/stat", "");
    root_.write("sys/block/dm-0/stat", "");
  }

  SamplerSettings settings() const { return {root_.path(), "/", {"lo", "veth*"}}; }

  void rates_lie_between_the_last_two_samples() {
    write_stat(0, 0);
    SystemSampler sampler(settings(), clock_);
    write_stat(25, 75);
    clock_.advance(10s);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(25.0, sampler.read().cpu->usage_percent, 1e-9);
    write_stat(125, 75);
    clock_.advance(10s);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(100.0, sampler.read().cpu->usage_percent, 1e-9);
  }

  void a_second_asker_does_not_shrink_the_window() {
    write_stat(0, 0);
    SystemSampler sampler(settings(), clock_);
    write_stat(25, 75);
    clock_.advance(10s);
    sampler.read();
    write_stat(26, 75);  // within the next second: one tick that says nothing
    clock_.advance(900ms);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(25.0, sampler.read().cpu->usage_percent, 1e-9);
  }

  void counts_whole_disks_only() {
    write_disks(100);
    SystemSampler sampler(settings(), clock_);
    write_disks(150);
    clock_.advance(10s);
    const auto activity = sampler.read().activity.value();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{150}, activity.counters.reads);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(5.0, activity.write_iops, 1e-9);
  }

  void ignores_interfaces_by_pattern() {
    root_.write("proc/net/dev",
                "lo: 1 0 0 0 0 0 0 0 1 0 0 0 0\nveth12: 1 0 0 0 0 0 0 0 1 0 0 0 0\n"
                "eth0: 40 0 0 0 0 0 0 0 2 0 0 0 0\n");
    SystemSampler sampler(settings(), clock_);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{40}, sampler.read().network->rx_bytes);
  }

  void leaves_out_what_is_missing() {
    SamplerSettings nowhere = settings();
    nowhere.mount = "/no/such/mount";
    SystemSampler sampler(nowhere, clock_);
    const auto figures = sampler.read();
    CPPUNIT_ASSERT(!figures.cpu && !figures.memory && !figures.disk);
    CPPUNIT_ASSERT(!figures.activity && !figures.network);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, figures.sessions);
  }

  void counts_sessions_of_logind_without_utmp() {
    root_.write("run/systemd/sessions/1", "CLASS=user\nSTATE=active\n");
    root_.write("run/systemd/sessions/c1", "CLASS=greeter\n");
    SystemSampler sampler(settings(), clock_);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, sampler.read().sessions);
  }

  void sees_space_on_a_real_file_system() {
    const auto space = disk_space("/").value();
    CPPUNIT_ASSERT(space.total_bytes >= space.used_bytes);
    CPPUNIT_ASSERT(space.usage_percent > 0 && space.usage_percent <= 100);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SystemSamplerTest);
}  // namespace muster
