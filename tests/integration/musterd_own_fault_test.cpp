// What musterd says of its servers while the fault is its own: nothing. No descriptors, no DNS, no
// network, no time to run; and a real outage beside all that, which must be seen.
#include <signal.h>
#include <sys/resource.h>

#include <optional>
#include <thread>

#include "tests/integration/musterd_suite.h"
#include "tests/support/fake_dns.h"
#include "tests/support/free_port.h"
#include "tests/support/notify_socket.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

constexpr int kServers = 12;

FakeAnswer silence(const std::string&) {
  return {"", FakeAnswer::Then::kHang};
}

FakeAnswer healthy_once(const std::string&) {
  FakeAnswer answer = healthy();
  answer.then = FakeAnswer::Then::kClose;
  return answer;
}

// A DNS server that says there is no such name, which is as good as any answer.
std::string canary(const FakeDns& dns) {
  return "dns://" + dns.server();
}

std::string living_canary() {
  return "tcp://127.0.0.1:" + std::to_string(free_port());
}

std::string canaries(const std::string& targets) {
  return "canaries: {targets: [" + targets + "], every: 200ms, timeout: 300ms}";
}

// One daemon with a fleet behind one address, which comes and goes as a whole.
class Scene {
 public:
  explicit Scene(const std::string& probing, const std::string& probes = kHealthProbe,
                 const std::string& plugins = kOurPlugins,
                 const ChildProcess::Environment& environment = {})
      : daemon(state.path(), {probes, "", plugins, environment, probing}) {
    daemon.start();
  }

  void add_fleet() {
    for (int i = 0; i < kServers; ++i) {
      daemon.add_server("node-" + std::to_string(i), fleet.url() + "/" + std::to_string(i));
    }
    wait_until(kServers, "health_status = 'healthy'");
  }

  std::string sql(const std::string& statement) const {
    Connection connection = must(Connection::open({state.conninfo()}));
    const Rows rows = must(connection.exec(statement));
    return rows.empty() ? "" : std::string(rows.text(0, 0));
  }
  int count(const std::string& from) const {
    return std::stoi(sql("SELECT count(*) FROM " + from));
  }

  void wait_until(int servers, const std::string& condition) {
    int seen = 0;
    const bool reached = eventually(
        kPatience, [&] { return (seen = count("managed_servers WHERE " + condition)) == servers; });
    CPPUNIT_ASSERT_MESSAGE(condition + ": " + std::to_string(seen) + daemon.log(), reached);
  }
  void wait_until_hidden() {
    wait_until(kServers, "health_status = 'unknown' AND health_reason = 26");
  }

  // So many more results, of a kind.
  void wait_for_results(int more, const std::string& condition) const {
    const std::string from = "server_health_checks WHERE " + condition;
    const int before = count(from);
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return count(from) >= before + more; }));
  }

  int events(const std::string& kind) const {
    return count("fleet_events WHERE kind = '" + kind + "'");
  }
  void expect_one_event_for_all(const std::string& message) const {
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return events("own_fault_ended") == 1; }));
    CPPUNIT_ASSERT_EQUAL(1, events("own_fault_began"));
    CPPUNIT_ASSERT_EQUAL(2, count("fleet_events WHERE server_key IS NULL"));
    assert_contains(sql("SELECT message FROM fleet_events WHERE kind = 'own_fault_began'"),
                    message);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(daemon_log(), kServers, events("health_changed"));
  }
  std::string daemon_log() const { return daemon.log(); }

  StateFolder state;
  ChangingServer fleet;
  Daemon daemon;
};

}  // namespace

class MusterdOwnFaultTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdOwnFaultTest);
  CPPUNIT_TEST(a_lost_network_hides_the_servers_and_is_one_event);
  CPPUNIT_TEST(a_real_outage_is_seen_while_the_canaries_live);
  CPPUNIT_TEST(without_dns_the_names_that_are_known_go_on);
  CPPUNIT_TEST(without_descriptors_nobody_is_down);
  CPPUNIT_TEST(a_restart_in_the_middle_tells_no_more);
  CPPUNIT_TEST(a_stopped_daemon_blames_nobody);
  CPPUNIT_TEST(a_stuck_loop_is_told_and_systemd_hears_no_more);
  CPPUNIT_TEST_SUITE_END();

  static std::string shown(Scene& scene, const std::string& field) {
    return scene.daemon.api("GET", kFleet + "/servers").text("items[0]." + field);
  }

  void a_lost_network_hides_the_servers_and_is_one_event() {
    FakeDns dns;
    Scene scene(canaries(canary(dns)));
    scene.add_fleet();
    const std::string since = shown(scene, "health_since");
    dns.script_all_others({DnsReply::Kind::kSilence});
    scene.fleet.answer(silence);
    scene.wait_until_hidden();
    scene.wait_for_results(5 * kServers, "reason = 26");
    scene.wait_until_hidden();
    CPPUNIT_ASSERT_EQUAL(std::string("unknown"), shown(scene, "health_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("self"), shown(scene, "health_reason"));
    CPPUNIT_ASSERT_EQUAL(std::string("closed"), shown(scene, "breaker"));
    CPPUNIT_ASSERT_EQUAL(1.0, scene.daemon.metric(R"(muster_own_fault{kind="network"})"));
    CPPUNIT_ASSERT_EQUAL(0.0,
                         scene.daemon.metric("muster_canary_up{canary=\"" + canary(dns) + "\"}"));

    dns.script_all_others({DnsReply::Kind::kNxdomain});
    scene.fleet.answer(healthy);
    scene.wait_until(kServers, "health_status = 'healthy' AND health_reason = 0");
    scene.expect_one_event_for_all("this musterd lost its network: no answer from " + canary(dns));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shown(scene, "health_status"));
    CPPUNIT_ASSERT_EQUAL(since, shown(scene, "health_since"));
    CPPUNIT_ASSERT_EQUAL(1.0, scene.daemon.metric(R"(muster_own_faults_total{kind="network"})"));
    assert_contains(scene.daemon_log(), "probing.own_fault kind=network");
    assert_contains(scene.daemon_log(), "probing.own_fault_over kind=network");
  }

  void a_real_outage_is_seen_while_the_canaries_live() {
    Scene scene(canaries(living_canary()));
    scene.add_fleet();
    scene.fleet.answer(silence);
    scene.wait_until(kServers, "health_status = 'unreachable'");
    CPPUNIT_ASSERT_EQUAL(0, scene.events("own_fault_began"));
    CPPUNIT_ASSERT_EQUAL(2 * kServers, scene.events("health_changed"));
  }

  void without_dns_the_names_that_are_known_go_on() {
    std::optional<FakeDns> dns(std::in_place);
    dns->script_all_others({DnsReply::Kind::kAddresses, {"127.0.0.1"}, 600});
    Scene scene(canaries(living_canary() + ", " + canary(*dns)) + ", dns_servers: [\"" +
                dns->server() + "\"]");
    const std::string port = scene.fleet.url().substr(scene.fleet.url().rfind(':'));
    const ApiAnswer known = scene.daemon.add_server("known", "http://known.test" + port);
    const ApiAnswer other = scene.daemon.add_server("other", "http://other.test" + port);
    scene.wait_until(2, "health_status = 'healthy'");
    dns.reset();
    CPPUNIT_ASSERT(eventually(
        kPatience, [&] { return scene.daemon.metric(R"(muster_own_fault{kind="dns"})") == 1; }));
    const auto moved = scene.daemon.api("PATCH", server_path(other),
                                        R"({"api_url":"http://unheard-of.test)" + port + "\"}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(moved.body, 200, moved.status);
    scene.wait_until(1, "name = 'other' AND health_status = 'unknown' AND health_reason = 26");
    scene.wait_for_results(4, "reason = 26");
    scene.wait_for_results(2, "reason = 0");
    scene.wait_until(1, "name = 'known' AND health_status = 'healthy'");
    CPPUNIT_ASSERT_EQUAL(0, scene.count("server_health_checks WHERE reason IN (1, 21)"));
    CPPUNIT_ASSERT_EQUAL(2, scene.events("health_changed"));
    CPPUNIT_ASSERT_EQUAL(1, scene.events("own_fault_began"));
  }

  static void limit_descriptors(Scene& scene, rlim_t soft) {
    rlimit limit{};
    const pid_t pid = scene.daemon.process().pid();
    CPPUNIT_ASSERT_EQUAL(0, ::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit));
    limit.rlim_cur = std::min(soft, limit.rlim_max);
    CPPUNIT_ASSERT_EQUAL(0, ::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr));
  }

  // The API cannot take a connection meanwhile, so the database is asked.
  void without_descriptors_nobody_is_down() {
    Scene scene("canaries: {targets: []}");
    scene.fleet.answer(healthy_once);  // so that each check needs a new socket
    scene.add_fleet();
    limit_descriptors(scene, 8);
    scene.wait_until_hidden();
    scene.wait_for_results(4 * kServers, "reason = 26");
    scene.wait_until_hidden();
    limit_descriptors(scene, RLIM_INFINITY);
    scene.wait_until(kServers, "health_status = 'healthy'");
    scene.expect_one_event_for_all("this musterd has no file descriptors or connections left");
    CPPUNIT_ASSERT_EQUAL(1.0,
                         scene.daemon.metric(R"(muster_own_faults_total{kind="descriptors"})"));
  }

  // The new daemon has never heard its canary, but remembers that the servers used to answer.
  void a_restart_in_the_middle_tells_no_more() {
    FakeDns dns;
    Scene scene(canaries(canary(dns)));
    scene.add_fleet();
    dns.script_all_others({DnsReply::Kind::kSilence});
    scene.fleet.answer(silence);
    scene.wait_until_hidden();
    CPPUNIT_ASSERT_EQUAL(0, scene.daemon.stop().value_or(-1));
    scene.daemon.start();
    scene.wait_for_results(5 * kServers, "reason = 26");
    scene.wait_until_hidden();
    dns.script_all_others({DnsReply::Kind::kNxdomain});
    scene.fleet.answer(healthy);
    scene.wait_until(kServers, "health_status = 'healthy'");
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return scene.events("own_fault_ended") == 2; }));
    CPPUNIT_ASSERT_EQUAL(2, scene.events("own_fault_began"));
    CPPUNIT_ASSERT_EQUAL(kServers, scene.events("health_changed"));
  }

  // The servers answer while nobody listens, so one false timeout would be a false alarm.
  void a_stopped_daemon_blames_nobody() {
    Scene scene("canaries: {targets: []}",
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
    Scene scene("canaries: {targets: []}",
                "- {name: health, plugin: misbehaving, every: 1d, timeout: 1s}\n",
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

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdOwnFaultTest);
}  // namespace muster
