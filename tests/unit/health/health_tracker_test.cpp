#include "aggregator/health/health_tracker.h"

#include <cppunit/extensions/HelperMacros.h>

#include <vector>

namespace muster {

namespace {

class RecordingSink final : public HealthSink {
 public:
  void on_result(const CheckResult&, const Verdict& verdict) override {
    verdicts.push_back(verdict);
  }
  std::vector<Verdict> verdicts;
};

}  // namespace

class HealthTrackerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HealthTrackerTest);
  CPPUNIT_TEST(reports_a_change_once_with_its_reason);
  CPPUNIT_TEST(goes_on_from_what_the_database_remembers);
  CPPUNIT_TEST(a_change_is_newer_than_what_the_database_remembers);
  CPPUNIT_TEST(the_worst_probe_speaks_for_the_server);
  CPPUNIT_TEST(a_probe_that_does_not_affect_health_changes_nothing);
  CPPUNIT_TEST(maintenance_hides_the_state_and_gives_it_back);
  CPPUNIT_TEST(changes_have_rising_slots_whatever_the_order_of_results);
  CPPUNIT_TEST(a_forgotten_probe_no_longer_counts);
  CPPUNIT_TEST(a_fault_of_our_own_hides_the_server_and_gives_it_back);
  CPPUNIT_TEST(what_changed_behind_the_fault_is_one_change);
  CPPUNIT_TEST(the_state_comes_back_only_when_it_is_confirmed);
  CPPUNIT_TEST(what_another_probe_sees_is_not_hidden);
  CPPUNIT_TEST(a_restart_during_a_fault_loses_nothing);
  CPPUNIT_TEST(a_restart_after_a_fault_waits_to_have_it_confirmed);
  CPPUNIT_TEST(a_fault_hides_a_server_that_was_never_asked);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    server_ = std::make_shared<Server>();
    server_->key = 7;
    server_->name = "node-7";
    health_ = make_probe("health");
  }

 private:
  static std::shared_ptr<ProbeSpec> make_probe(const std::string& name) {
    auto probe = std::make_shared<ProbeSpec>();
    probe->name = name;
    return probe;
  }

  Verdict feed(CheckStatus status, const ProbeSpecPointer& probe, std::int64_t slot_ms = 0) {
    CheckResult result;
    result.slot_ms = slot_ms;
    result.server = std::make_shared<Server>(*server_);
    result.probe = probe;
    result.status = status;
    result.reason = status == CheckStatus::kCritical  ? FailureReason::kRefused
                    : status == CheckStatus::kUnknown ? FailureReason::kSelf
                                                      : FailureReason::kNone;
    result.started_at = WallTime(std::chrono::seconds(++seconds_));
    tracker_.on_result(result);
    return sink_.verdicts.back();
  }

  void reports_a_change_once_with_its_reason() {
    const Verdict first = feed(CheckStatus::kOk, health_);
    CPPUNIT_ASSERT(first.change && first.change->from == HealthState::kUnknown);
    CPPUNIT_ASSERT(!feed(CheckStatus::kCritical, health_).change);
    CPPUNIT_ASSERT(!feed(CheckStatus::kCritical, health_).change);
    const Verdict fall = feed(CheckStatus::kCritical, health_);
    CPPUNIT_ASSERT(fall.change && fall.change->to == HealthState::kUnreachable);
    CPPUNIT_ASSERT(fall.change->reason == FailureReason::kRefused);
    CPPUNIT_ASSERT(fall.since == fall.change->at);
    CPPUNIT_ASSERT(!feed(CheckStatus::kCritical, health_).change);
  }

  void goes_on_from_what_the_database_remembers() {
    server_->known_state = HealthState::kHealthy;
    server_->known_since = WallTime(std::chrono::seconds(5));
    const Verdict verdict = feed(CheckStatus::kCritical, health_);
    CPPUNIT_ASSERT(!verdict.change);
    CPPUNIT_ASSERT(verdict.state == HealthState::kHealthy);
    CPPUNIT_ASSERT(verdict.since == server_->known_since);
  }

  // The clock ran ahead for a while, a server changed then, and the daemon was started again.
  void a_change_is_newer_than_what_the_database_remembers() {
    server_->known_slot_ms = 5'000'000;
    const Verdict verdict = feed(CheckStatus::kOk, health_, 1'000);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5'000'001}, verdict.change->slot_ms);
  }

  void the_worst_probe_speaks_for_the_server() {
    feed(CheckStatus::kOk, health_);
    CPPUNIT_ASSERT(feed(CheckStatus::kWarning, make_probe("tls")).state == HealthState::kDegraded);
    CPPUNIT_ASSERT(feed(CheckStatus::kOk, health_).state == HealthState::kDegraded);
  }

  void a_probe_that_does_not_affect_health_changes_nothing() {
    auto metrics = make_probe("metrics");
    metrics->affects_health = false;
    feed(CheckStatus::kOk, health_);
    for (int i = 0; i < 5; ++i) {
      CPPUNIT_ASSERT(feed(CheckStatus::kCritical, metrics).state == HealthState::kHealthy);
    }
  }

  void maintenance_hides_the_state_and_gives_it_back() {
    feed(CheckStatus::kOk, health_);
    server_->status = Server::Status::kMaintenance;
    for (int i = 0; i < 4; ++i) {
      CPPUNIT_ASSERT(feed(CheckStatus::kCritical, health_).state == HealthState::kMaintenance);
    }
    server_->status = Server::Status::kActive;
    CPPUNIT_ASSERT(feed(CheckStatus::kCritical, health_).state == HealthState::kUnreachable);
  }

  void changes_have_rising_slots_whatever_the_order_of_results() {
    const Verdict first = feed(CheckStatus::kOk, health_, 100);
    const Verdict second = feed(CheckStatus::kWarning, make_probe("tls"), 98);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{100}, first.change->slot_ms);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{101}, second.change->slot_ms);
  }

  void a_forgotten_probe_no_longer_counts() {
    feed(CheckStatus::kOk, health_);
    feed(CheckStatus::kWarning, make_probe("tls"));
    tracker_.on_forget(7, "tls");
    CPPUNIT_ASSERT(feed(CheckStatus::kOk, health_).state == HealthState::kHealthy);
  }

  Verdict blind() { return feed(CheckStatus::kUnknown, health_); }

  void a_fault_of_our_own_hides_the_server_and_gives_it_back() {
    const Verdict first = feed(CheckStatus::kOk, health_);
    const Verdict hidden = blind();
    CPPUNIT_ASSERT(hidden.state == HealthState::kUnknown);
    CPPUNIT_ASSERT(hidden.change && !hidden.change->announced);
    CPPUNIT_ASSERT(hidden.change->reason == FailureReason::kSelf);
    CPPUNIT_ASSERT(hidden.since > first.since);
    CPPUNIT_ASSERT(!blind().change);
    const Verdict back = feed(CheckStatus::kOk, health_);
    CPPUNIT_ASSERT(back.state == HealthState::kHealthy);
    CPPUNIT_ASSERT(back.change && !back.change->announced);
    CPPUNIT_ASSERT(back.since == first.since);
    CPPUNIT_ASSERT(back.change->slot_ms > hidden.change->slot_ms);
  }

  void what_changed_behind_the_fault_is_one_change() {
    feed(CheckStatus::kOk, health_);
    feed(CheckStatus::kCritical, health_);  // counts on
    blind();
    feed(CheckStatus::kCritical, health_);
    const Verdict fall = feed(CheckStatus::kCritical, health_);
    CPPUNIT_ASSERT(fall.change && fall.change->announced);
    CPPUNIT_ASSERT(fall.change->from == HealthState::kHealthy);
    CPPUNIT_ASSERT(fall.change->to == HealthState::kUnreachable);
  }

  void the_state_comes_back_only_when_it_is_confirmed() {
    feed(CheckStatus::kOk, health_);
    blind();
    CPPUNIT_ASSERT(feed(CheckStatus::kCritical, health_).state == HealthState::kUnknown);
    CPPUNIT_ASSERT(feed(CheckStatus::kOk, health_).state == HealthState::kHealthy);
  }

  void what_another_probe_sees_is_not_hidden() {
    auto tls = make_probe("tls");
    feed(CheckStatus::kOk, health_);
    CPPUNIT_ASSERT(feed(CheckStatus::kWarning, tls).state == HealthState::kDegraded);
    CPPUNIT_ASSERT(blind().state == HealthState::kDegraded);
    feed(CheckStatus::kOk, tls);
    const Verdict improved = feed(CheckStatus::kOk, tls);
    CPPUNIT_ASSERT(improved.state == HealthState::kUnknown);
    CPPUNIT_ASSERT(!improved.change->announced);
    const Verdict seen = feed(CheckStatus::kOk, health_);
    CPPUNIT_ASSERT(seen.state == HealthState::kHealthy && seen.change->announced);
    CPPUNIT_ASSERT(seen.change->from == HealthState::kDegraded);
  }

  void a_restart_during_a_fault_loses_nothing() {
    server_->known_state = HealthState::kUnknown;
    server_->known_before = HealthState::kHealthy;
    CPPUNIT_ASSERT(!blind().change);
    CPPUNIT_ASSERT(!feed(CheckStatus::kCritical, health_).change);
    const Verdict back = feed(CheckStatus::kOk, health_);
    CPPUNIT_ASSERT(back.change && !back.change->announced);
    CPPUNIT_ASSERT(back.state == HealthState::kHealthy);
  }

  void a_restart_after_a_fault_waits_to_have_it_confirmed() {
    server_->known_state = HealthState::kUnknown;
    server_->known_before = HealthState::kHealthy;
    CPPUNIT_ASSERT(feed(CheckStatus::kCritical, health_).state == HealthState::kUnknown);
    feed(CheckStatus::kCritical, health_);
    const Verdict fall = feed(CheckStatus::kCritical, health_);
    CPPUNIT_ASSERT(fall.change->announced && fall.change->from == HealthState::kHealthy);
  }

  void a_fault_hides_a_server_that_was_never_asked() {
    server_->known_state = HealthState::kHealthy;
    const Verdict hidden = blind();
    CPPUNIT_ASSERT(hidden.state == HealthState::kUnknown && !hidden.change->announced);
    CPPUNIT_ASSERT(feed(CheckStatus::kOk, health_).state == HealthState::kHealthy);
  }

  int seconds_ = 100;
  std::shared_ptr<Server> server_;
  std::shared_ptr<ProbeSpec> health_;
  RecordingSink sink_;
  HealthTracker tracker_{sink_};
};

CPPUNIT_TEST_SUITE_REGISTRATION(HealthTrackerTest);
}  // namespace muster
