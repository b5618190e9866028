#include "aggregator/probing/probe_check.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/probing/probe_engine.h"
#include "common/net/address_guard.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "tests/fakes/fake_clock.h"

namespace muster {
using namespace std::chrono_literals;

namespace {

// Says what the test wants said, and records what it is given.
class ScriptedSink final : public ResultSink {
 public:
  bool on_result(const CheckResult& result) override {
    results.push_back(result);
    return undecided;
  }
  bool has_room() const override { return room; }
  void on_forget(ServerKey, const std::string&) override {}

  std::vector<CheckResult> results;
  bool undecided = false;
  bool room = true;
};

}  // namespace

// The plugin `misbehaving` asks http://127.0.0.1:9 when its target is named "http"; the guard
// refuses that address, or nobody listens there.
class ProbeCheckTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeCheckTest);
  CPPUNIT_TEST(makes_a_result_of_a_finding);
  CPPUNIT_TEST(starts_nothing_without_room);
  CPPUNIT_TEST(asks_again_while_undecided_and_only_so_often);
  CPPUNIT_TEST(an_unreachable_server_opens_the_breaker_and_a_person_may_still_ask);
  CPPUNIT_TEST(doubtful_servers_share_a_budget);
  CPPUNIT_TEST(what_the_guard_refuses_is_no_failure_of_the_server);
  CPPUNIT_TEST(a_fault_of_our_own_excuses_the_server);
  CPPUNIT_TEST(a_fault_puts_a_trial_of_the_breaker_off);
  CPPUNIT_TEST(what_is_only_suspected_is_asked_again_soon);
  CPPUNIT_TEST(a_fault_excuses_no_answer);
  CPPUNIT_TEST(a_run_that_saw_a_stall_is_excused);
  CPPUNIT_TEST(tells_the_pulse_who_answers_and_who_fell_silent);
  CPPUNIT_TEST(who_answered_before_the_start_is_missed);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    const auto library =
        *PluginLibrary::load(std::string(MUSTER_BUILD_DIR) + "/tests/plugins/misbehaving.so");
    engine_.set_probes({{"test", *ConfiguredProbe::create(library, "test", "{}", clock_)}});
    probe_->name = "test";
    probe_->timeout = 1s;
  }

 private:
  std::unique_ptr<Check> make_check(ServerKey key, const std::string& behaviour) {
    auto server = std::make_shared<Server>();
    server->key = key;
    server->name = behaviour;
    server->api_url = "http://127.0.0.1:9/";  // the discard port, where nobody listens
    return engine_.make_check(server, probe_);
  }

  // Runs a check whose plugin asks over HTTP until its result is in.
  StartOutcome run(Check& check) {
    const std::size_t before = sink_.results.size();
    const StartOutcome outcome = check.start(1);
    for (int i = 0; i < 1000 && outcome == StartOutcome::kStarted; ++i) {
      loop_.poll();
      if (sink_.results.size() > before) break;
    }
    return outcome;
  }

  void makes_a_result_of_a_finding() {
    const auto check = make_check(1, "plain");
    CPPUNIT_ASSERT(check->start(4711) == StartOutcome::kStarted);
    loop_.poll();
    const CheckResult& result = sink_.results.at(0);
    CPPUNIT_ASSERT(result.status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4711}, result.slot_ms);
    CPPUNIT_ASSERT(result.started_at == clock_.wall());
    CPPUNIT_ASSERT_EQUAL(std::string("test"), result.probe->name);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, counters_.results[0].load());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, counters_.in_flight.load());
  }

  void starts_nothing_without_room() {
    const auto check = make_check(1, "plain");
    sink_.room = false;
    CPPUNIT_ASSERT(check->start(1) == StartOutcome::kOverload);
    sink_.room = true;
    CPPUNIT_ASSERT(check->start(1) == StartOutcome::kStarted);
    loop_.poll();
  }

  void asks_again_while_undecided_and_only_so_often() {
    const auto check = make_check(1, "plain");
    sink_.undecided = true;
    check->start(1);
    loop_.poll();
    for (int i = 0; i < 10; ++i) {
      clock_.advance(probe_->retry_every);
      loop_.poll();
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, sink_.results.size());  // the check and two retries
    sink_.undecided = false;
    check->start(2);
    loop_.poll();
    sink_.undecided = true;
    check->start(3);
    loop_.poll();
    clock_.advance(probe_->retry_every);
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(std::size_t{6}, sink_.results.size());
  }

  void an_unreachable_server_opens_the_breaker_and_a_person_may_still_ask() {
    const auto check = make_check(1, "http");
    for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT(run(*check) == StartOutcome::kStarted);
    CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kRefused);
    CPPUNIT_ASSERT(sink_.results.back().breaker == BreakerState::kOpen);
    CPPUNIT_ASSERT(check->start(1) == StartOutcome::kBreaker);
    bool answered = false;
    check->start_now([&](const CheckResult&) { answered = true; });
    for (int i = 0; i < 1000 && !answered; ++i) loop_.poll();
    CPPUNIT_ASSERT(answered);
    clock_.advance(5min);
    CPPUNIT_ASSERT(run(*check) == StartOutcome::kStarted);
  }

  void doubtful_servers_share_a_budget() {
    std::vector<std::unique_ptr<Check>> lost;
    for (ServerKey key = 1; key <= 3; ++key) {
      lost.push_back(make_check(key, "http"));
      run(*lost.back());
    }
    CPPUNIT_ASSERT(lost[0]->start(1) == StartOutcome::kStarted);
    CPPUNIT_ASSERT(lost[1]->start(1) == StartOutcome::kStarted);
    CPPUNIT_ASSERT(lost[2]->start(1) == StartOutcome::kBudget);
    const auto well = make_check(9, "plain");
    CPPUNIT_ASSERT(well->start(1) == StartOutcome::kStarted);
    lost[0].reset();  // gives its place back
    CPPUNIT_ASSERT(lost[2]->start(1) == StartOutcome::kStarted);
    for (int i = 0; i < 1000; ++i) loop_.poll();
  }

  void what_the_guard_refuses_is_no_failure_of_the_server() {
    auto server = std::make_shared<Server>();
    server->name = "http";
    server->api_url = "http://169.254.169.254/";
    const auto check = engine_.make_check(server, probe_);
    for (int i = 0; i < 6; ++i) CPPUNIT_ASSERT(run(*check) == StartOutcome::kStarted);
    CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kAddressDenied);
    CPPUNIT_ASSERT(sink_.results.back().breaker == BreakerState::kClosed);
  }

  void a_fault_of_our_own_excuses_the_server() {
    const auto check = make_check(1, "http");
    own_fault_.set(OwnFaultKind::kNetwork, "this musterd lost its network");
    for (int i = 0; i < 8; ++i) CPPUNIT_ASSERT(run(*check) == StartOutcome::kStarted);
    const CheckResult& result = sink_.results.back();
    CPPUNIT_ASSERT(result.reason == FailureReason::kSelf);
    CPPUNIT_ASSERT(result.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT_EQUAL(std::string("this musterd lost its network"), result.message());
    CPPUNIT_ASSERT(result.breaker == BreakerState::kClosed);
    own_fault_.set(OwnFaultKind::kNone, "");
    run(*check);
    CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kRefused);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{8},
                         counters_.results[static_cast<std::size_t>(FailureReason::kSelf)].load());
  }

  void a_fault_puts_a_trial_of_the_breaker_off() {
    const auto check = make_check(1, "http");
    for (int i = 0; i < 5; ++i) run(*check);
    own_fault_.set(OwnFaultKind::kNetwork, "ours");
    for (int i = 0; i < 3; ++i) {
      clock_.advance(30s);  // the first delay, however often
      CPPUNIT_ASSERT(run(*check) == StartOutcome::kStarted);
      CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kSelf);
      CPPUNIT_ASSERT(sink_.results.back().breaker == BreakerState::kOpen);
      CPPUNIT_ASSERT(check->start(1) == StartOutcome::kBreaker);
    }
  }

  std::size_t results_after_retry_time() {
    clock_.advance(probe_->retry_every);
    const std::size_t before = sink_.results.size();
    for (int i = 0; i < 1000 && sink_.results.size() == before; ++i) loop_.poll();
    return sink_.results.size();
  }

  void what_is_only_suspected_is_asked_again_soon() {
    const auto check = make_check(1, "http");
    own_fault_.set(OwnFaultKind::kSuspected, "perhaps ours");
    run(*check);
    own_fault_.set(OwnFaultKind::kNetwork, "ours");
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, results_after_retry_time());
    CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kSelf);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, results_after_retry_time());  // known now: no hurry
  }

  void a_fault_excuses_no_answer() {
    const auto check = make_check(1, "plain");
    own_fault_.set(OwnFaultKind::kNetwork, "ours");
    check->start(1);
    loop_.poll();
    CPPUNIT_ASSERT(sink_.results.back().status == CheckStatus::kOk);
  }

  void a_run_that_saw_a_stall_is_excused() {
    const auto check = make_check(1, "never");
    check->start(1);
    loop_.poll();
    clock_.advance(1min);  // nobody looked at the clock for so long
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, sink_.results.size());
    CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kSelf);
    CPPUNIT_ASSERT_EQUAL(std::string("this musterd stood still while it waited for the answer"),
                         sink_.results.back().message());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, own_fault_.pulse().counts().silences);
    const auto other = make_check(2, "never");
    other->start(1);
    for (int i = 0; i < 200; ++i) {
      clock_.advance(10ms);
      loop_.poll();
    }
    CPPUNIT_ASSERT(sink_.results.back().reason == FailureReason::kTimeoutResponse);
  }

  void tells_the_pulse_who_answers_and_who_fell_silent() {
    FleetPulse& pulse = own_fault_.pulse();
    const auto well = make_check(1, "plain");
    well->start(1);
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse.counts().answering);
    const auto gone = make_check(1, "http");  // the same server by another probe
    run(*gone);
    run(*gone);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse.counts().lost);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, pulse.counts().silences);
    probe_->affects_health = false;
    well->start(2);
    loop_.poll();
    run(*gone);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse.counts().lost);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse.counts().answers);
  }

  void who_answered_before_the_start_is_missed() {
    auto server = std::make_shared<Server>();
    server->name = "http";
    server->api_url = "http://127.0.0.1:9/";
    server->known_state = HealthState::kUnknown;
    server->known_before = HealthState::kHealthy;
    run(*engine_.make_check(server, probe_));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, own_fault_.pulse().counts().lost);
  }

  test::FakeClock clock_;
  EventLoop loop_{"test", clock_};
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8"}, {});
  HttpClient http_{loop_, *TlsContext::make({}), guard_, {}};
  ProbeRuntime runtime_{loop_, http_};
  ScriptedSink sink_;
  std::shared_ptr<ProbeSpec> probe_ = std::make_shared<ProbeSpec>();
  ProbingCounters counters_;
  OwnFault own_fault_;
  ProbeEngine engine_{runtime_, sink_, counters_, {}, 2, own_fault_};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeCheckTest);
}  // namespace muster
