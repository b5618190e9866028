// Operations as their users have them: asked for over HTTP, run by musterd, which may be killed.
#include "tests/integration/fleet_scene.h"
#include "tests/support/deaf_port.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;

class MusterdOperationsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdOperationsTest);
  CPPUNIT_TEST(checks_the_whole_fleet);
  CPPUNIT_TEST(collects_metrics_now);
  CPPUNIT_TEST(wakes_no_more_servers_than_the_quota_of_checks);
  CPPUNIT_TEST(a_killed_daemon_runs_nobody_twice);
  CPPUNIT_TEST(what_was_under_way_is_interrupted);
  CPPUNIT_TEST_SUITE_END();

  static ApiAnswer make(Daemon& daemon, const std::string& path, const std::string& body) {
    const ApiAnswer made = daemon.api("POST", kFleet + path, body);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 202, made.status);
    return made;
  }
  static ApiAnswer show(Daemon& daemon, const ApiAnswer& operation) {
    return daemon.api("GET", kFleet + "/operations/" + operation.text("id"));
  }
  static ApiAnswer wait_until_ended(Daemon& daemon, const ApiAnswer& operation) {
    ApiAnswer seen;
    const bool ended = eventually(kPatience, [&] {
      seen = show(daemon, operation);
      return seen.status == 200 && !seen.text("finished_at").empty();
    });
    CPPUNIT_ASSERT_MESSAGE(seen.body + daemon.log(), ended);
    return seen;
  }

  void checks_the_whole_fleet() {
    FleetScene scene("");
    scene.add_fleet();
    const ApiAnswer well = wait_until_ended(
        scene.daemon, make(scene.daemon, "/health-check/all", R"({"selector":{"q":"node"}})"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(well.body, std::string("succeeded"), well.text("state"));
    CPPUNIT_ASSERT_EQUAL(std::to_string(kServers), well.text("targets.by_state.succeeded"));
    scene.fleet.answer(unhealthy);
    const ApiAnswer ill =
        wait_until_ended(scene.daemon, make(scene.daemon, "/health-check/all", ""));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(ill.body, std::string("failed"), ill.text("state"));
    const ApiAnswer targets =
        scene.daemon.api("GET", kFleet + "/operations/" + ill.text("id") + "/targets?state=failed");
    assert_contains(targets.text("items[0].output"), "health: critical (reported_unhealthy)");
  }

  // The probe that decides health brings no metrics over plain HTTP, so it is not asked.
  void collects_metrics_now() {
    const StateFolder state;
    Daemon daemon(state.path(),
                  {kHealthProbe + "- {name: metrics, plugin: metrics_pull, every: 1h, timeout: 2s, "
                                  "affects_health: false}\n"});
    daemon.start();
    ChangingServer server([](const std::string&) {
      return answer_with(200, R"({"status":"ok","cpu":{"usage_percent":12.5}})");
    });
    const ApiAnswer added = daemon.add_server("measured", server.url());
    const ApiAnswer collected = daemon.api("POST", server_path(added) + "/metrics/collect");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(collected.body, 200, collected.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(collected.body, std::string("metrics"),
                                 collected.text("results[0].probe"));
    CPPUNIT_ASSERT_EQUAL(std::string(), collected.text("results[1].probe"));
  }

  void wakes_no_more_servers_than_the_quota_of_checks() {
    FleetScene scene("", "- {name: health, plugin: http_health, every: 1s, timeout: 1s}\n");
    for (const char* name : {"a", "b", "c"}) {
      scene.daemon.add_server(name, scene.fleet.url(), R"("status":"disabled")");
    }
    scene.sql("UPDATE organizations SET max_checks_per_second = 2");
    const ApiAnswer made = make(scene.daemon, "/operations",
                                R"({"action":"set_status","parameters":{"status":"active"},)"
                                R"("targets":{"all":true},"max_concurrency":1,)"
                                R"("max_errors":"100%"})");
    const ApiAnswer ended = wait_until_ended(scene.daemon, made);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.body, std::string("2"),
                                 ended.text("targets.by_state.succeeded"));
    CPPUNIT_ASSERT_EQUAL(2, scene.count("managed_servers WHERE status = 'active'"));
    CPPUNIT_ASSERT_EQUAL(std::string("the organization's servers may take 2 checks a second"),
                         scene.sql("SELECT output FROM fleet_operation_targets "
                                   "WHERE state = 'failed'"));
  }

  // Each run of set_status makes the server's version one higher, so the fleet itself tells how
  // often it was run.
  void a_killed_daemon_runs_nobody_twice() {
    FleetScene scene("");
    scene.sql(
        "INSERT INTO managed_servers (org_id, name, api_url) SELECT 1, 'node-' || i, "
        "'http://127.0.0.1:1' FROM generate_series(1, 2000) AS i");
    const ApiAnswer made =
        make(scene.daemon, "/operations",
             R"({"action":"set_status","parameters":{"status":"disabled"},)"
             R"("targets":{"all":true},"max_concurrency":8,"expected_targets":2000})");
    const auto count = [&](const char* state) {
      return scene.count("fleet_operation_targets WHERE state = '" + std::string(state) + "'");
    };
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return count("succeeded") >= 50; }));
    scene.daemon.kill();
    scene.daemon.start();
    const ApiAnswer ended = wait_until_ended(scene.daemon, made);
    CPPUNIT_ASSERT_EQUAL(2000, count("succeeded") + count("interrupted"));
    CPPUNIT_ASSERT_EQUAL(2000, scene.count("fleet_operation_targets WHERE attempts = 1"));
    CPPUNIT_ASSERT_MESSAGE(ended.body, count("interrupted") <= 8);
    CPPUNIT_ASSERT_EQUAL(
        0,
        scene.count("managed_servers WHERE version > 2 OR (version = 1) <> (status = 'active')"));
    CPPUNIT_ASSERT_EQUAL(
        0, scene.count("fleet_operation_targets JOIN managed_servers USING (server_key) "
                       "WHERE state = 'succeeded' AND version <> 2"));
    assert_contains(scene.daemon_log(), "operations.adopted");  // it had not ended before the kill
  }

  void what_was_under_way_is_interrupted() {
    FleetScene scene("",
                     "- {name: health, plugin: http_health, every: 1h, timeout: 5s, retries: 0}\n");
    const DeafPort deaf;
    scene.sql(
        "INSERT INTO managed_servers (org_id, name, api_url) SELECT 1, 'node-' || i, "
        "'http://127.0.0.1:" +
        std::to_string(deaf.port()) + "' FROM generate_series(1, 3) AS i");
    scene.daemon.stop();
    scene.daemon.start();  // knows them now
    const ApiAnswer made = make(scene.daemon, "/operations",
                                R"({"action":"health_check","targets":{"all":true},)"
                                R"("max_concurrency":2,"max_errors":"100%"})");
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return show(scene.daemon, made).text("targets.by_state.running") == "2";
    }));
    scene.daemon.kill();
    scene.daemon.start();
    const ApiAnswer ended = wait_until_ended(scene.daemon, made);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(ended.body, std::string("2"),
                                 ended.text("targets.by_state.interrupted"));
    CPPUNIT_ASSERT_EQUAL(std::string("1"), ended.text("targets.by_state.unreachable"));
    CPPUNIT_ASSERT_EQUAL(std::string("failed"), ended.text("state"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdOperationsTest);
}  // namespace muster
