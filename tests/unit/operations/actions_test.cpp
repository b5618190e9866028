// What the built-in actions take, whom they pass over, and what they make of what they find.
#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/operations/operation_parameters.h"
#include "aggregator/operations/probe_action.h"
#include "aggregator/operations/set_status_action.h"
#include "aggregator/storage/database_roles.h"
#include "tests/support/test_secrets.h"

namespace muster {
using test::must;
using test::TestDatabase;

namespace {

class RecordingChecks final : public ServerChecks {
 public:
  void check(ServerKey server, ChecksWanted wanted, Answer answer) override {
    asked = {server, wanted};
    answer(std::vector<CheckResult>{});
  }
  std::pair<ServerKey, ChecksWanted> asked;
};

}  // namespace

class ActionsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ActionsTest);
  CPPUNIT_TEST(a_check_asks_for_what_its_name_says);
  CPPUNIT_TEST(the_worst_result_speaks);
  CPPUNIT_TEST(without_results_it_says_why);
  CPPUNIT_TEST(a_check_takes_no_parameters);
  CPPUNIT_TEST(disabled_servers_are_not_checked);
  CPPUNIT_TEST(a_status_is_checked);
  CPPUNIT_TEST(who_has_the_status_is_passed_over);
  CPPUNIT_TEST(a_status_is_stored_and_announced);
  CPPUNIT_TEST(a_status_that_is_not_announced_is_a_failure);
  CPPUNIT_TEST(a_status_that_is_refused_is_not_stored);
  CPPUNIT_TEST(a_server_of_another_organization_is_gone);
  CPPUNIT_TEST(parameters_are_texts);
  CPPUNIT_TEST_SUITE_END();

  static CheckResult result(CheckStatus status, FailureReason reason = FailureReason::kNone,
                            const std::string& message = "") {
    ProbeSpec spec;
    spec.name = "health";
    CheckResult result;
    result.probe = std::make_shared<const ProbeSpec>(spec);
    result.status = status;
    result.reason = reason;
    result.words = say(message);
    return result;
  }

  static std::string outcome(const Result<std::vector<CheckResult>>& results) {
    const TargetOutcome found = ProbeAction::outcome_of(results);
    return std::string(to_string(found.state)) + "; " + found.output;
  }

  void a_check_asks_for_what_its_name_says() {
    RecordingChecks checks;
    ProbeAction health(checks, ChecksWanted::kHealth), metrics(checks, ChecksWanted::kMetrics);
    CPPUNIT_ASSERT_EQUAL(std::string_view("health_check"), health.name());
    CPPUNIT_ASSERT_EQUAL(std::string_view("collect_metrics"), metrics.name());
    int ended = 0;
    metrics.run({1, 7, {}, {}}, [&](const TargetOutcome&) { ++ended; });
    CPPUNIT_ASSERT(checks.asked == std::pair(ServerKey{7}, ChecksWanted::kMetrics));
    health.run({1, 8, {}, {}}, [&](const TargetOutcome&) { ++ended; });
    CPPUNIT_ASSERT(checks.asked == std::pair(ServerKey{8}, ChecksWanted::kHealth));
    CPPUNIT_ASSERT_EQUAL(2, ended);
  }

  void the_worst_result_speaks() {
    using C = CheckStatus;
    CPPUNIT_ASSERT_EQUAL(std::string("succeeded; health: ok"),
                         outcome(std::vector{result(C::kOk)}));
    CPPUNIT_ASSERT_EQUAL(
        std::string("succeeded; health: warning: disk 91 %"),
        outcome(std::vector{result(C::kOk), result(C::kWarning, {}, "disk 91 %")}));
    CPPUNIT_ASSERT_EQUAL(
        std::string("failed; health: critical (status_code): HTTP 503"),
        outcome(std::vector{result(C::kUnknown),
                            result(C::kCritical, FailureReason::kStatusCode, "HTTP 503")}));
    CPPUNIT_ASSERT_EQUAL(std::string("unreachable; health: critical (refused)"),
                         outcome(std::vector{result(C::kCritical, FailureReason::kRefused)}));
    CPPUNIT_ASSERT_EQUAL(std::string("failed; health: unknown"),
                         outcome(std::vector{result(C::kUnknown)}));
  }

  void without_results_it_says_why() {
    CPPUNIT_ASSERT_EQUAL(std::string("skipped; no such probe selects the server"),
                         outcome(std::vector<CheckResult>{}));
    CPPUNIT_ASSERT_EQUAL(std::string("skipped; the server is disabled, or has gone"),
                         outcome(fail(ErrorCode::kNotFound, "x")));
    CPPUNIT_ASSERT_EQUAL(std::string("timed_out; late"),
                         outcome(fail(ErrorCode::kTimeout, "late")));
    CPPUNIT_ASSERT_EQUAL(std::string("failed; x"), outcome(fail(ErrorCode::kInternal, "x")));
  }

  void a_check_takes_no_parameters() {
    RecordingChecks checks;
    const ProbeAction health(checks, ChecksWanted::kHealth);
    CPPUNIT_ASSERT(health.mistakes({}).empty());
    CPPUNIT_ASSERT_EQUAL(std::string("speed"), health.mistakes({{"speed", "high"}}).at(0).name);
  }

  void disabled_servers_are_not_checked() {
    RecordingChecks checks;
    const ProbeAction health(checks, ChecksWanted::kHealth);
    OperationCandidate server;
    CPPUNIT_ASSERT(!health.reason_to_skip(server, {}));
    server.status = Server::Status::kMaintenance;
    CPPUNIT_ASSERT(!health.reason_to_skip(server, {}));
    server.status = Server::Status::kDisabled;
    CPPUNIT_ASSERT_EQUAL(std::string("the server is disabled"),
                         health.reason_to_skip(server, {}).value());
  }

  struct Status {
    Status() {
      data.sql("INSERT INTO organizations (name) VALUES ('ours'), ('theirs')");
      NewServer fresh;
      fresh.name = "a";
      server = must(servers.insert(1, fresh));
    }
    TargetOutcome set(const std::string& status, OrganizationKey organization = 1) {
      TargetOutcome outcome;
      action.run({organization, server.key, server.id, {{"status", status}}},
                 [&](TargetOutcome said) { outcome = std::move(said); });
      return outcome;
    }

    TestDatabase data;
    test::TestSecrets secrets{data};
    ConnectionPool pool{data.settings(kApiRole), 2};
    ServerRepository servers{pool, secrets.box};
    ServerRecord server;
    std::vector<Uuid> announced;
    Result<void> answer;
    std::optional<std::string> refusal;
    SetStatusAction action{servers,
                           [this](OrganizationKey, const Uuid& id) {
                             announced.push_back(id);
                             return answer;
                           },
                           [this](ServerKey, Server::Status) { return refusal; }};
  };

  void a_status_is_checked() {
    Status s;
    CPPUNIT_ASSERT(s.action.role() == Role::kAdmin && s.action.blocks());
    CPPUNIT_ASSERT(s.action.mistakes({{"status", "maintenance"}}).empty());
    CPPUNIT_ASSERT_EQUAL(std::string("required"), s.action.mistakes({}).at(0).code);
    CPPUNIT_ASSERT_EQUAL(std::string("invalid"),
                         s.action.mistakes({{"status", "asleep"}}).at(0).code);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, s.action.mistakes({{"stat", "active"}}).size());
  }

  void who_has_the_status_is_passed_over() {
    Status s;
    OperationCandidate server;
    CPPUNIT_ASSERT(!s.action.reason_to_skip(server, {{"status", "disabled"}}));
    CPPUNIT_ASSERT_EQUAL(std::string("the server's status is active already"),
                         s.action.reason_to_skip(server, {{"status", "active"}}).value());
  }

  void a_status_is_stored_and_announced() {
    Status s;
    const TargetOutcome outcome = s.set("maintenance");
    CPPUNIT_ASSERT(outcome.state == TargetState::kSucceeded);
    CPPUNIT_ASSERT_EQUAL(std::string("status: maintenance"), outcome.output);
    CPPUNIT_ASSERT(must(s.servers.find(1, s.server.id)).status == Server::Status::kMaintenance);
    CPPUNIT_ASSERT(s.announced == std::vector{s.server.id});
  }

  void a_status_that_is_not_announced_is_a_failure() {
    Status s;
    s.answer = fail(ErrorCode::kUnavailable, "a secret of the database");
    const TargetOutcome outcome = s.set("disabled");
    CPPUNIT_ASSERT(outcome.state == TargetState::kFailed);
    CPPUNIT_ASSERT_EQUAL(std::string("stored, but not in force yet"), outcome.output);
  }

  void a_status_that_is_refused_is_not_stored() {
    Status s;
    s.refusal = "too many";
    const TargetOutcome outcome = s.set("maintenance");
    CPPUNIT_ASSERT(outcome.state == TargetState::kFailed);
    CPPUNIT_ASSERT_EQUAL(std::string("too many"), outcome.output);
    CPPUNIT_ASSERT(must(s.servers.find(1, s.server.id)).status == Server::Status::kActive);
    CPPUNIT_ASSERT(s.announced.empty());
  }

  void a_server_of_another_organization_is_gone() {
    Status s;
    CPPUNIT_ASSERT(s.set("disabled", 2).state == TargetState::kSkipped);
    CPPUNIT_ASSERT(must(s.servers.find(1, s.server.id)).status == Server::Status::kActive);
    CPPUNIT_ASSERT(s.announced.empty());
  }

  void parameters_are_texts() {
    std::vector<ParameterMistake> mistakes;
    const auto parameters = parameters_of(R"({"a":"b","c":1,"d":{"e":"f"}})", &mistakes);
    CPPUNIT_ASSERT(parameters == (OperationParameters{{"a", "b"}}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, mistakes.size());
    CPPUNIT_ASSERT_EQUAL(std::string("c"), mistakes[0].name);
    CPPUNIT_ASSERT_EQUAL(std::string("wrong_type"), mistakes[0].code);
    CPPUNIT_ASSERT(parameters_of("no JSON").empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ActionsTest);
}  // namespace muster
