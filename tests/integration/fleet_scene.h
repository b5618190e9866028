// One daemon with a state folder of its own and a dozen servers behind one address, which come and
// go as a whole. One thread.
#pragma once

#include <string>

#include "tests/integration/musterd_suite.h"
#include "tests/support/postgres_fixture.h"

namespace muster::test {

inline constexpr int kServers = 12;

// One daemon with a fleet behind one address, which comes and goes as a whole.
class FleetScene {
 public:
  explicit FleetScene(const std::string& probing, const std::string& probes = kHealthProbe,
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
    const bool ended = eventually(kPatience, [&] { return events("own_fault_ended") == 1; });
    CPPUNIT_ASSERT_MESSAGE(daemon_log(), ended);
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

}  // namespace muster::test
