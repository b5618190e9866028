// What probes of different kinds find stands in the API, in the history and on /metrics alike.
#include "tests/integration/musterd_suite.h"
#include "tests/support/fake_server.h"

namespace muster {
using namespace test;

class MusterdProbesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdProbesTest);
  CPPUNIT_TEST(a_finding_is_the_same_wherever_it_is_looked_up);
  CPPUNIT_TEST_SUITE_END();

  static std::string probes(const std::string& port) {
    return "- {name: logins, plugin: exec, every: 1s, timeout: 1s, config: {command:"
           " [sh, -c, \"echo 'many | users=3;5;9'; exit 1\"]}}\n"
           "- {name: health, plugin: http_health, every: 1s, timeout: 1s}\n"
           "- {name: port, plugin: tcp, every: 1s, timeout: 1s, config: {port: " +
           port + "}}\n";
  }

  void a_finding_is_the_same_wherever_it_is_looked_up() {
    FakeServer target([](const std::string&) {
      return answer_with(200, R"({"status":"up","checks":{"db":{"status":"degraded"}}})");
    });
    const StateFolder state;
    Daemon daemon(state.path(), {probes(target.url().substr(target.url().rfind(':') + 1))});
    daemon.start();
    const ApiAnswer server = daemon.add_server("web-1", target.url());
    const ApiAnswer check = daemon.api("POST", server_path(server) + "/health-check");
    for (const char* part : {R"("probe":"logins")", R"("name":"users","value":3)",
                             R"("name":"db","status":"warning")", R"("connect":)"}) {
      assert_contains(check.body, part);
    }
    const std::string labels = R"({organization="1",server="web-1",probe=)";
    CPPUNIT_ASSERT_EQUAL(1.0, daemon.metric("muster_probe_status" + labels + R"("logins"})"));
    CPPUNIT_ASSERT_EQUAL(
        3.0, daemon.metric("muster_probe_metric" + labels + R"("logins",metric="users"})"));
    CPPUNIT_ASSERT_EQUAL(1.0, daemon.metric("muster_probe_component_status" + labels +
                                            R"("health",component="db"})"));
    CPPUNIT_ASSERT(
        daemon.metric("muster_probe_phase_seconds" + labels + R"("port",phase="connect"})") > 0);
    expect_in_history(daemon, server);
    daemon.reload("");
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return daemon.metric("muster_probe_status" + labels + R"("logins"})") == -1;
    }));
  }

  static void expect_in_history(Daemon& daemon, const ApiAnswer& server) {
    ApiAnswer page;
    const auto holds = [&](const std::string& path, const std::string& part) {
      return eventually(kPatience, [&] {
        page = daemon.api("GET", server_path(server) + path);
        return page.body.find(part) != std::string::npos;
      });
    };
    CPPUNIT_ASSERT_MESSAGE(page.body, holds("/metrics?period=1m", R"("users")"));
    CPPUNIT_ASSERT_MESSAGE(page.body, holds("/health-history?probe=logins", R"("message":"many")"));
    CPPUNIT_ASSERT_MESSAGE(page.body, holds("/health-history?probe=health", R"("db")"));
    CPPUNIT_ASSERT_MESSAGE(page.body, holds("/health-history?probe=port", R"("connect":)"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdProbesTest);
}  // namespace muster
