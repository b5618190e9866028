#include "agent-shim/proc_parsers.h"

#include <cppunit/extensions/HelperMacros.h>
#include <utmp.h>

#include <limits>

namespace muster {
using namespace shim;
namespace {

constexpr std::string_view kStat =
    "cpu  100 10 50 800 40 0 0 0 90 9\n"
    "cpu0 50 5 25 400 20 0 0 0 45 5\n"
    "cpu1 50 5 25 400 20 0 0 0 45 4\n"
    "intr 12345 0 9\n"
    "ctxt 99\n";

constexpr std::string_view kMeminfo =
    "MemTotal:       16000000 kB\n"
    "MemFree:         1000000 kB\n"
    "MemAvailable:    4000000 kB\n"
    "Buffers:          500000 kB\n"
    "Cached:          2000000 kB\n"
    "SwapTotal:       2000000 kB\n"
    "SwapFree:        1500000 kB\n"
    "HugePages_Total:       0\n";

constexpr std::string_view kDiskstats =
    "   8       0 sda 100 5 4000 30 200 6 8000 40 0 50 70\n"
    "   8       1 sda1 90 5 3900 30 190 6 7900 40 0 50 70\n"
    " 259       0 nvme0n1 1 0 0 0 2 0 0 0 0 0 0 0 0 0 0 0 0\n";

constexpr std::string_view kNetDev =
    "Inter-|   Receive                            |  Transmit\n"
    " face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo\n"
    "    lo: 999 9 9 0 0 0 0 0 999 9 9 0 0 0 0 0\n"
    "  eth0:18446744073709551000 10 3 0 0 0 0 0 500 5 4 0 0 0 0 0\n"
    "  eth1: 1000 10 1 0 0 0 0 0 700 5 2 0 0 0 0 0\n";

bool all(const std::string&) {
  return true;
}
bool not_lo(const std::string& name) {
  return name != "lo";
}
bool not_sda1(const std::string& name) {
  return name != "sda1";
}

std::string utmp_record(short type, pid_t pid) {
  struct utmp record {};
  record.ut_type = type;
  record.ut_pid = pid;
  return {reinterpret_cast<const char*>(&record), sizeof record};
}

}  // namespace

class ProcParsersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProcParsersTest);
  CPPUNIT_TEST(counts_guest_time_once_and_waiting_as_idle);
  CPPUNIT_TEST(refuses_a_stat_without_a_cpu_line);
  CPPUNIT_TEST(takes_usage_between_two_readings);
  CPPUNIT_TEST(takes_counters_that_run_backwards_as_no_work);
  CPPUNIT_TEST(reads_memory_in_bytes);
  CPPUNIT_TEST(estimates_available_memory_on_old_kernels);
  CPPUNIT_TEST(survives_hostile_meminfo);
  CPPUNIT_TEST(reads_load_averages);
  CPPUNIT_TEST(sums_the_disks_that_count);
  CPPUNIT_TEST(sums_interfaces_even_where_no_blank_follows_the_colon);
  CPPUNIT_TEST(never_wraps);
  CPPUNIT_TEST(reads_process_names_with_parentheses);
  CPPUNIT_TEST(counts_login_sessions);
  CPPUNIT_TEST(knows_user_sessions_of_logind);
  CPPUNIT_TEST(survives_every_truncation);
  CPPUNIT_TEST_SUITE_END();

  void counts_guest_time_once_and_waiting_as_idle() {
    const auto times = parse_cpu_times(kStat).value();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1000}, times.total);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{160}, times.busy);
    CPPUNIT_ASSERT_EQUAL(2, times.cores);
  }

  void refuses_a_stat_without_a_cpu_line() {
    for (const char* text : {"", "\n\n", "cpu", "cpu  1 2 3", "cpu  x y z w", "cpu0 1 2 3 4\n"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_cpu_times(text));
    }
  }

  void takes_usage_between_two_readings() {
    CPPUNIT_ASSERT_DOUBLES_EQUAL(25.0, cpu_usage_percent({100, 1000, 1}, {150, 1200, 1}), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(0.0, cpu_usage_percent({100, 1000, 1}, {100, 1000, 1}), 1e-9);
  }

  void takes_counters_that_run_backwards_as_no_work() {
    CPPUNIT_ASSERT_DOUBLES_EQUAL(0.0, cpu_usage_percent({100, 1000, 1}, {90, 1100, 1}), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(0.0, cpu_usage_percent({100, 1000, 1}, {150, 900, 1}), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(100.0, cpu_usage_percent({0, 1000, 1}, {900, 1100, 1}), 1e-9);
  }

  void reads_memory_in_bytes() {
    const auto memory = parse_meminfo(kMeminfo).value();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{16000000} * 1024, memory.total_bytes);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{4000000} * 1024, memory.available_bytes);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{500000} * 1024, memory.swap_used_bytes);
  }

  void estimates_available_memory_on_old_kernels() {
    const auto memory =
        parse_meminfo("MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 20 kB\n").value();
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{35 * 1024}, memory.available_bytes);
  }

  void survives_hostile_meminfo() {
    CPPUNIT_ASSERT(!parse_meminfo(""));
    CPPUNIT_ASSERT(!parse_meminfo("MemTotal: 0 kB\n"));
    CPPUNIT_ASSERT(!parse_meminfo("MemTotal: 18446744073709551615 kB\n"));
    CPPUNIT_ASSERT(
        !parse_meminfo("MemTotal: -5 kB\nMemTotal 5 kB\nMemTotal: 99999999999999999999"));
    const auto odd = parse_meminfo("MemTotal: 100 kB\nMemAvailable: 200 kB\n").value();
    CPPUNIT_ASSERT_EQUAL(odd.total_bytes, odd.available_bytes);
  }

  void reads_load_averages() {
    const auto load = parse_loadavg("0.50 1.25 2.00 1/234 5678\n").value();
    CPPUNIT_ASSERT_DOUBLES_EQUAL(0.5, load.one, 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(1.25, load.five, 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(2.0, load.fifteen, 1e-9);
    for (const char* text : {"", "0.50", "0.50 1.25", "a b c", "0,50 1,25 2,00"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_loadavg(text));
    }
  }

  void sums_the_disks_that_count() {
    const auto sum = parse_diskstats(kDiskstats, not_sda1);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{101}, sum.reads);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{202}, sum.writes);
  }

  void sums_interfaces_even_where_no_blank_follows_the_colon() {
    const auto eth1 = parse_net_dev(kNetDev, [](const auto& name) { return name == "eth1"; });
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1000}, eth1.rx_bytes);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{700}, eth1.tx_bytes);
    const auto sum = parse_net_dev(kNetDev, not_lo);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, sum.rx_errors);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{6}, sum.tx_errors);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1200}, sum.tx_bytes);
  }

  void never_wraps() {
    const auto sum = parse_net_dev(kNetDev, not_lo);  // 2^64 - 616 and 1000
    CPPUNIT_ASSERT_EQUAL(std::numeric_limits<std::uint64_t>::max(), sum.rx_bytes);
  }

  void reads_process_names_with_parentheses() {
    const auto process = parse_process_stat("42 (a) S (x)) Z 1 42").value();
    CPPUNIT_ASSERT_EQUAL(std::string("a) S (x)"), process.name);
    CPPUNIT_ASSERT_EQUAL('Z', process.state);
    for (const char* text : {"", "42", "42 (a", "42 a)", "42 (a)", "42 (a) ", ")("}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_process_stat(text));
    }
  }

  void counts_login_sessions() {
    const std::string utmp = utmp_record(BOOT_TIME, 0) + utmp_record(USER_PROCESS, 77) +
                             utmp_record(DEAD_PROCESS, 78) + utmp_record(USER_PROCESS, -1);
    CPPUNIT_ASSERT(parse_utmp_sessions(utmp + "torn") == std::vector<pid_t>{77});
  }

  void knows_user_sessions_of_logind() {
    CPPUNIT_ASSERT(is_user_session("UID=0\nCLASS=user\nSTATE=active\n"));
    CPPUNIT_ASSERT(!is_user_session("CLASS=manager\n"));
    CPPUNIT_ASSERT(!is_user_session("CLASS=user\nSTATE=closing\n"));
    CPPUNIT_ASSERT(!is_user_session(""));
  }

  void survives_every_truncation() {
    for (const auto text : {kStat, kMeminfo, kDiskstats, kNetDev}) {
      for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto cut = text.substr(0, size);
        (void)parse_cpu_times(cut);
        (void)parse_meminfo(cut);
        (void)parse_loadavg(cut);
        (void)parse_diskstats(cut, all);
        (void)parse_net_dev(cut, all);
        (void)parse_process_stat(cut);
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProcParsersTest);
}  // namespace muster
