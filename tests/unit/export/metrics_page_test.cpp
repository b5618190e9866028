#include "aggregator/export/metrics_page.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;

class MetricsPageTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsPageTest);
  CPPUNIT_TEST(shows_each_server_and_the_counts);
  CPPUNIT_TEST(shows_what_the_stages_count);
  CPPUNIT_TEST(lists_what_has_its_labels_only_then);
  CPPUNIT_TEST(shows_one_organization_only_when_asked);
  CPPUNIT_TEST(shows_a_repeated_name_once);
  CPPUNIT_TEST(shows_what_the_probes_found);
  CPPUNIT_TEST(satisfies_promtool_whatever_servers_are_called);
  CPPUNIT_TEST_SUITE_END();

  LiveTable live_;
  MetricsPage page_{live_};

  void add(ServerKey key, OrganizationKey organization, const std::string& name,
           HealthState state) {
    Server server;
    server.key = key;
    server.organization = organization;
    server.name = name;
    server.known_state = state;
    live_.upsert(std::make_shared<const Server>(std::move(server)));
  }

  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
  }

  void shows_each_server_and_the_counts() {
    add(1, 1, "db-1", HealthState::kHealthy);
    add(2, 1, "db-2", HealthState::kUnreachable);
    const std::string text = page_.render();
    CPPUNIT_ASSERT(text.find("muster_server_health{organization=\"1\",server=\"db-1\"} 0\n") !=
                   std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_server_health{organization=\"1\",server=\"db-2\"} 3\n") !=
                   std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_servers{health=\"unreachable\"} 1\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_servers{health=\"critical\"} 0\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_breakers{state=\"closed\"} 2\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("3 unreachable, 4 unknown, 5 maintenance") != std::string::npos);
  }

  void shows_what_the_stages_count() {
    Histogram lateness({0.01, 0.1});
    lateness.observe(0.05);
    lateness.observe(7);
    page_.readings().add_counter("muster_checks_total", "Checks that ended.", [] { return 7.0; },
                                 {{"probe", "health"}});
    page_.readings().add_histogram("muster_lateness_seconds", "Lateness.", lateness);
    const std::string text = page_.render();
    for (const char* line :
         {"muster_checks_total{probe=\"health\"} 7\n",
          "muster_lateness_seconds_bucket{le=\"0.01\"} 0\n",
          "muster_lateness_seconds_bucket{le=\"0.1\"} 1\n",
          "muster_lateness_seconds_bucket{le=\"+Inf\"} 2\n", "muster_lateness_seconds_sum 7.05"}) {
      CPPUNIT_ASSERT_MESSAGE(line + text, text.find(line) != std::string::npos);
    }
  }

  void lists_what_has_its_labels_only_then() {
    Readings::SeriesList found;
    page_.readings().add_counters("muster_failures_total", "Failures.", [&] { return found; });
    page_.readings().add_gauges("muster_rows", "Rows.", [&] { return found; });
    CPPUNIT_ASSERT(page_.render().find("muster_failures_total{") == std::string::npos);
    found = {{{{"sqlstate", "55P03"}}, 2}, {{{"sqlstate", "none"}}, 1}};
    const std::string text = page_.render();
    CPPUNIT_ASSERT(text.find("# TYPE muster_failures_total counter\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_failures_total{sqlstate=\"55P03\"} 2\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("# TYPE muster_rows gauge\n") != std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_rows{sqlstate=\"none\"} 1\n") != std::string::npos);
  }

  void shows_one_organization_only_when_asked() {
    add(1, 1, "ours", HealthState::kHealthy);
    add(2, 2, "theirs", HealthState::kCritical);
    const std::string text = page_.render(1);
    CPPUNIT_ASSERT(text.find("ours") != std::string::npos);
    CPPUNIT_ASSERT(text.find("theirs") == std::string::npos);
    CPPUNIT_ASSERT(text.find("muster_servers{health=\"critical\"} 0\n") != std::string::npos);
  }

  void shows_a_repeated_name_once() {
    add(1, 1, "twice", HealthState::kHealthy);
    add(2, 1, "twice", HealthState::kCritical);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(page_.render(), "server=\"twice\""));
  }

  // As a plugin may say it: labels that are taken or no labels of Prometheus, and all of it twice.
  void check(ServerKey key) {
    CheckResult result;
    result.server = live_.find(key)->server;
    auto probe = std::make_shared<ProbeSpec>();
    probe->name = "cache";
    result.probe = probe;
    result.status = CheckStatus::kWarning;
    result.duration = 1500us;
    result.phases.connect = 250us;
    result.words =
        say("full", {{"memory", CheckStatus::kCritical, ""}, {"memory", CheckStatus::kOk, ""}});
    const Metric keys{"redis_keys", Metric::Kind::kGauge, 7, {{"server", "a"}, {"9-b", "c\n"}}};
    result.metrics = {keys, keys, {"redis_hits_total", Metric::Kind::kCounter, 5, {}}};
    live_.on_result(result, {HealthState::kDegraded, WallTime(1s), {}});
  }

  void shows_what_the_probes_found() {
    add(1, 1, "db-1", HealthState::kHealthy);
    check(1);
    const std::string text = page_.render();
    const std::string labels = "organization=\"1\",server=\"db-1\",probe=\"cache\"";
    for (const std::string& line :
         {"muster_probe_status{" + labels + "} 1\n",
          "muster_probe_duration_seconds{" + labels + "} 0.0015\n",
          "muster_probe_phase_seconds{" + labels + ",phase=\"connect\"} 0.00025\n",
          "muster_probe_component_status{" + labels + ",component=\"memory\"} 2\n",
          "muster_probe_metric{" + labels +
              ",metric=\"redis_keys\",exported_server=\"a\",_9_b=\"c\\n\"} 7\n",
          "muster_probe_metric{" + labels + ",metric=\"redis_hits_total\"} 5\n"}) {
      CPPUNIT_ASSERT_MESSAGE(line + text, text.find(line) != std::string::npos);
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, "redis_keys"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count(text, "component="));
  }

  void satisfies_promtool_whatever_servers_are_called() {
    add(1, 1, "quote\" backslash\\ newline\n", HealthState::kHealthy);
    add(2, 1, "\xc3\xa9\xe6\xbc\xa2 {a=\"b\"} # HELP", HealthState::kUnknown);
    add(3, 7, "", HealthState::kMaintenance);
    for (const ServerKey key : {1, 2, 3}) check(key);
    page_.readings().add_counter("muster_results_total", "Results.", [] { return 1.0; });
    const test::TempDir directory;
    const auto file = directory.write("metrics.txt", page_.render());
    test::ChildProcess promtool("sh", {"-c", "promtool check metrics < " + file.string()});
    const auto code = promtool.wait_exit(20s);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(promtool.output(), 0, code.value_or(-1));
    CPPUNIT_ASSERT_EQUAL(std::string(), promtool.output());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MetricsPageTest);
}  // namespace muster
