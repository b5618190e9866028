#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;

class ExplainTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ExplainTest);
  CPPUNIT_TEST(says_what_is_not_known_yet);
  CPPUNIT_TEST(names_the_probe_that_decides);
  CPPUNIT_TEST(tells_how_far_it_leans);
  CPPUNIT_TEST(maintenance_comes_first);
  CPPUNIT_TEST(a_fault_of_our_own_is_named);
  CPPUNIT_TEST(shows_the_last_events);
  CPPUNIT_TEST_SUITE_END();

  ApiFixture f_;
  std::string id_ = f_.add("web-1");

  ApiResponse explain() { return f_.get(ApiFixture::path_of(id_) + "/explain"); }
  std::string summary() { return f_.at(explain(), "summary"); }

  void see(CheckStatus status, const ProbeHealth& probe) {
    CheckResult result = ApiFixture::result(f_.fleet.upserted.back(), status);
    if (status != CheckStatus::kOk) {
      result.reason = FailureReason::kRefused;
      result.words = say("nobody listens");
    }
    Verdict verdict{probe.blind ? HealthState::kUnknown : probe.state, test::TestDatabase::kNow};
    verdict.probe = probe;
    f_.live.on_result(result, verdict);
  }

  void has(const std::string& part) {
    const std::string text = summary();
    CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
  }

  void says_what_is_not_known_yet() {
    has("web-1 is unknown: no result has come yet");
    CPPUNIT_ASSERT_EQUAL(200, explain().status);
  }

  void names_the_probe_that_decides() {
    see(CheckStatus::kCritical, {HealthState::kUnreachable, true, HealthState::kUnreachable, 0});
    has("web-1 is unreachable since 2026-11-23T08:00:00.000Z: the probe health decides: "
        "refused, nobody listens.");
    CPPUNIT_ASSERT_EQUAL(std::string("true"), f_.at(explain(), "probes[0].decides"));
    CPPUNIT_ASSERT_EQUAL(std::string("3"), f_.at(explain(), "probes[0].thresholds.failures"));
  }

  void tells_how_far_it_leans() {
    see(CheckStatus::kCritical, {HealthState::kHealthy, true, HealthState::kUnreachable, 2});
    has("its last 2 of 3 results say unreachable instead");
    CPPUNIT_ASSERT_EQUAL(std::string("3"), f_.at(explain(), "probes[0].health.leaning.needed"));
    see(CheckStatus::kOk, {HealthState::kCritical, true, HealthState::kHealthy, 1});
    has("its last 1 of 2 results say healthy instead");
  }

  void maintenance_comes_first() {
    f_.ask("admin", "PATCH", ApiFixture::path_of(id_), R"({"status":"maintenance"})");
    has("it is in maintenance");
  }

  void a_fault_of_our_own_is_named() {
    see(CheckStatus::kUnknown, {HealthState::kHealthy, true, HealthState::kHealthy, 0, true});
    has("a fault of Muster's own machine");
  }

  void shows_the_last_events() {
    f_.data.sql(
        "INSERT INTO fleet_events (at, org_id, server_key, server_id, kind) SELECT now(), org_id, "
        "server_key, id, 'health_changed' FROM managed_servers, generate_series(1, 12)");
    const auto explained = explain();
    CPPUNIT_ASSERT_EQUAL(std::string("12"), f_.at(explained, "events[0].id"));
    CPPUNIT_ASSERT_EQUAL(std::string("3"), f_.at(explained, "events[9].id"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExplainTest);
}  // namespace muster
