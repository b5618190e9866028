// What musterd says of its servers while the fault is its own: nothing. No descriptors, no DNS, no
// network; and a real outage beside all that, which must be seen.
#include <sys/resource.h>

#include <optional>

#include "tests/integration/fleet_scene.h"
#include "tests/support/fake_dns.h"
#include "tests/support/free_port.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

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
  return "canaries: {targets: [" + targets + "], every: 500ms, timeout: 1s}";
}

}  // namespace

class MusterdOwnFaultTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdOwnFaultTest);
  CPPUNIT_TEST(a_lost_network_hides_the_servers_and_is_one_event);
  CPPUNIT_TEST(a_real_outage_is_seen_while_the_canaries_live);
  CPPUNIT_TEST(without_dns_the_names_that_are_known_go_on);
  CPPUNIT_TEST(without_descriptors_nobody_is_down);
  CPPUNIT_TEST(a_restart_in_the_middle_tells_no_more);
  CPPUNIT_TEST_SUITE_END();

  static std::string shown(FleetScene& scene, const std::string& field) {
    return scene.daemon.api("GET", kFleet + "/servers").text("items[0]." + field);
  }

  void a_lost_network_hides_the_servers_and_is_one_event() {
    FakeDns dns;
    FleetScene scene(canaries(canary(dns)));
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
    FleetScene scene(canaries(living_canary()));
    scene.add_fleet();
    scene.fleet.answer(silence);
    scene.wait_until(kServers, "health_status = 'unreachable'");
    CPPUNIT_ASSERT_EQUAL(0, scene.events("own_fault_began"));
    CPPUNIT_ASSERT_EQUAL(2 * kServers, scene.events("health_changed"));
  }

  void without_dns_the_names_that_are_known_go_on() {
    std::optional<FakeDns> dns(std::in_place);
    dns->script_all_others({DnsReply::Kind::kAddresses, {"127.0.0.1"}, 600});
    FleetScene scene(canaries(living_canary() + ", " + canary(*dns)) + ", dns_servers: [\"" +
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

  static void limit_descriptors(FleetScene& scene, rlim_t soft) {
    rlimit limit{};
    const pid_t pid = scene.daemon.process().pid();
    CPPUNIT_ASSERT_EQUAL(0, ::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit));
    limit.rlim_cur = std::min(soft, limit.rlim_max);
    CPPUNIT_ASSERT_EQUAL(0, ::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr));
  }

  // The API cannot take a connection meanwhile, so the database is asked.
  void without_descriptors_nobody_is_down() {
    FleetScene scene("canaries: {targets: []}");
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
    FleetScene scene(canaries(canary(dns)));
    scene.add_fleet();
    dns.script_all_others({DnsReply::Kind::kSilence});
    scene.fleet.answer(silence);
    // A loop that stood still hides servers too, and that is no event.
    const bool began = eventually(kPatience, [&] { return scene.events("own_fault_began") == 1; });
    CPPUNIT_ASSERT_MESSAGE(scene.daemon_log(), began);
    scene.wait_until_hidden();
    CPPUNIT_ASSERT_EQUAL(0, scene.daemon.stop().value_or(-1));
    scene.daemon.start();
    scene.wait_for_results(5 * kServers, "reason = 26");
    scene.wait_until_hidden();
    dns.script_all_others({DnsReply::Kind::kNxdomain});
    scene.fleet.answer(healthy);
    scene.wait_until(kServers, "health_status = 'healthy'");
    const bool ended = eventually(kPatience, [&] { return scene.events("own_fault_ended") == 2; });
    CPPUNIT_ASSERT_MESSAGE(scene.daemon_log(), ended);
    CPPUNIT_ASSERT_EQUAL(2, scene.events("own_fault_began"));
    CPPUNIT_ASSERT_EQUAL(kServers, scene.events("health_changed"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdOwnFaultTest);
}  // namespace muster
