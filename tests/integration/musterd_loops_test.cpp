// A musterd that does not run, as a whole or one of its loops: it blames nobody, and says so.
#include <signal.h>

#include <thread>

#include "tests/integration/fleet_scene.h"
#include "tests/support/notify_socket.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;

class MusterdLoopsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdLoopsTest);
  CPPUNIT_TEST(a_stopped_daemon_blames_nobody);
  CPPUNIT_TEST(a_stuck_loop_is_told_and_systemd_hears_no_more);
  CPPUNIT_TEST_SUITE_END();

  // The servers answer while nobody listens, so one false timeout would be a false alarm.
  void a_stopped_daemon_blames_nobody() {
    FleetScene scene(
        "canaries: {targets: []}",
        "- {name: health, plugin: http_health, every: 1s, timeout: 1s, failures: 1}\n");
    static std::atomic<bool> held;
    static std::atomic<int> waiting;
    held = false;
    waiting = 0;
    scene.fleet.answer([](const std::string&) {
      ++waiting;
      eventually(kPatience, [] { return !held; });
      --waiting;
      return healthy();
    });
    scene.add_fleet();
    held = true;
    CPPUNIT_ASSERT(eventually(kPatience, [] { return waiting > 0; }));
    scene.daemon.process().signal(SIGSTOP);
    const auto stopped = std::chrono::steady_clock::now();
    const auto passed = [&](auto time) {
      return [=] { return std::chrono::steady_clock::now() >= stopped + time; };
    };
    CPPUNIT_ASSERT(eventually(kPatience, passed(4s)));
    held = false;
    CPPUNIT_ASSERT(eventually(kPatience, [] { return waiting == 0; }));
    const int before = scene.fleet.requests();
    scene.daemon.process().signal(SIGCONT);
    CPPUNIT_ASSERT(eventually(kPatience, passed(6s)));
    // Two seconds are two rounds and a part of one, and each server may have been asked once late.
    CPPUNIT_ASSERT(scene.fleet.requests() - before <= 4 * kServers);
    CPPUNIT_ASSERT(scene.fleet.requests() > before);
    scene.wait_for_results(2 * kServers, "reason = 0");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(scene.daemon_log(), 0,
                                 scene.count("server_health_checks WHERE reason NOT IN (0, 26)"));
    CPPUNIT_ASSERT_EQUAL(kServers, scene.events("health_changed"));
    scene.wait_until(kServers, "health_status = 'healthy'");
    CPPUNIT_ASSERT(scene.daemon.metric(R"(muster_loop_stalls_total{loop="loop-0"})") +
                       scene.daemon.metric(R"(muster_loop_stalls_total{loop="loop-1"})") >=
                   1);
  }

  void a_stuck_loop_is_told_and_systemd_hears_no_more() {
    NotifySocket systemd;
    FleetScene scene("canaries: {targets: []}",
                     "- {name: health, plugin: misbehaving, isolation: in_process, every: 1d,\n"
                     "   timeout: 1s}\n",
                     MUSTER_BUILD_DIR "/tests/plugins",
                     {{"NOTIFY_SOCKET", systemd.path()}, {"WATCHDOG_USEC", "3000000"}});
    CPPUNIT_ASSERT_EQUAL(std::string("READY=1"), systemd.next(kPatience));
    CPPUNIT_ASSERT_EQUAL(std::string("WATCHDOG=1"), systemd.next(kPatience));
    // The answer comes when the loop is free again.
    std::thread asking([&] { scene.daemon.add_server("blocks", scene.fleet.url()); });
    const bool stuck = scene.daemon.process().wait_for_line("loop.stuck", kPatience).has_value();
    const double shown = scene.daemon.metric(R"(muster_loop_stuck{loop="loop-0"})") +
                         scene.daemon.metric(R"(muster_loop_stuck{loop="loop-1"})");
    while (!systemd.next(10ms).empty()) {
    }
    const std::string while_stuck = systemd.next(1500ms);  // one would have come
    asking.join();
    CPPUNIT_ASSERT(stuck);
    CPPUNIT_ASSERT_EQUAL(1.0, shown);
    CPPUNIT_ASSERT_EQUAL(std::string(), while_stuck);
    CPPUNIT_ASSERT(scene.daemon.process().wait_for_line("loop.unstuck", kPatience));
    CPPUNIT_ASSERT_EQUAL(std::string("WATCHDOG=1"), systemd.next(kPatience));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdLoopsTest);
}  // namespace muster
