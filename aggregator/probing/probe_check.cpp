#include "aggregator/probing/probe_check.h"

#include <utility>

#include "common/base/log.h"
#include "common/plugin/probe_runtime.h"

namespace muster {

ProbeCheck::ProbeCheck(const Surroundings& surroundings,
                       std::shared_ptr<const ConfiguredProbe> configured, ServerPointer server,
                       ProbeSpecPointer probe, std::shared_ptr<ServerContact> contact)
    : around_(surroundings),
      clock_(surroundings.runtime.loop().clock()),
      server_(std::move(server)),
      probe_(std::move(probe)),
      contact_(std::move(contact)),
      configured_(std::move(configured)) {
  use_token(false);
}

ProbeCheck::~ProbeCheck() {
  landed();
  CheckResult given_up;
  given_up.server = server_;
  given_up.probe = probe_;
  given_up.reason = FailureReason::kCancelled;
  given_up.words = say("the check was given up, because the server or the configuration changed");
  given_up.started_at = clock_.wall();
  for (const Done& done : waiting_) done(given_up);
}

StartOutcome ProbeCheck::start(std::int64_t slot_ms) {
  const StartOutcome outcome = admit();
  if (outcome == StartOutcome::kStarted) launch(slot_ms);
  return outcome;
}

// A person asks: the breaker and the budget are not theirs to wait for.
void ProbeCheck::start_now(Done done) {
  waiting_.push_back(std::move(done));
  if (!target_->open()) launch(wall_ms());
}

StartOutcome ProbeCheck::admit() {
  if (target_->open()) return StartOutcome::kOverrun;
  if (!around_.results.has_room()) return StartOutcome::kOverload;
  if (contact_->doubtful && around_.budget.in_flight >= around_.budget.most) {
    return StartOutcome::kBudget;
  }
  // Asked last, because half open counts on the run to follow.
  CircuitBreaker& breaker = contact_->breaker;
  const bool admitted = probe_->affects_health ? breaker.admits(clock_.now())
                                               : breaker.state() == BreakerState::kClosed;
  return admitted ? StartOutcome::kStarted : StartOutcome::kBreaker;
}

void ProbeCheck::launch(std::int64_t slot_ms) {
  if (retry_) retry_->cancel();
  slot_ms_ = slot_ms;
  started_at_ = clock_.now();
  started_wall_ = clock_.wall();
  in_flight_ = true;
  ++around_.counters.in_flight;
  if (contact_->doubtful) {
    in_budget_ = true;
    ++around_.budget.in_flight;
  }
  other_token_asked_ = false;
  if (previous_token_ && server_->previous_token->until <= started_wall_) use_token(false);
  ask(probe_->timeout);
}

void ProbeCheck::ask(Duration timeout) {
  target_->start(timeout, [this](Finding finding) { on_finding(std::move(finding)); });
}

// While a token is rotated the server knows one of the two. Which one, it says by refusing the
// other; that is no result, so the rotation leaves no gap.
bool ProbeCheck::ask_with_other_token(const Finding& finding) {
  const Duration left = probe_->timeout - (clock_.now() - started_at_);
  const bool other_is_good = server_->previous_token != nullptr &&
                             (previous_token_ || clock_.wall() < server_->previous_token->until);
  if (finding.reason != FailureReason::kAuth || other_token_asked_ || !other_is_good ||
      left <= Duration::zero()) {
    return false;
  }
  other_token_asked_ = true;
  use_token(!previous_token_);
  ask(left);
  return true;
}

// A plugin keeps what it made of a target's credential, so another one is another target.
void ProbeCheck::use_token(bool previous) {
  ServerPointer server = server_;
  if (previous) {
    auto other = std::make_shared<Server>(*server_);
    other->api_token = server_->previous_token->token;
    server = std::move(other);
  }
  previous_token_ = previous;
  target_ = std::make_unique<ProbeTarget>(around_.runtime, configured_, std::move(server));
}

void ProbeCheck::on_finding(Finding finding) {
  if (ask_with_other_token(finding)) return;
  if (other_token_asked_ && finding.reason != FailureReason::kAuth) {
    log::info("check.token_switched", {{"server", server_->name},
                                       {"probe", probe_->name},
                                       {"token", previous_token_ ? "previous" : "new"}});
  }
  CheckResult result{std::move(finding)};
  result.server = server_;
  result.probe = probe_;
  result.started_at = started_wall_;
  result.slot_ms = slot_ms_;
  result.duration =
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - started_at_);
  landed();
  const bool held = around_.excuse.apply(result, started_at_, *contact_);
  learn(result);
  around_.counters.count(result);
  const auto waiting = std::exchange(waiting_, {});
  const bool undecided = around_.results.on_result(result);
  retry_soon(undecided || held);
  for (const Done& done : waiting) done(result);
}

void ProbeCheck::learn(CheckResult& result) {
  CircuitBreaker& breaker = contact_->breaker;
  if (says_nothing(result.reason)) {
    if (probe_->affects_health) breaker.put_off(clock_.now());
  } else {
    const bool answered = !means_unreachable(result.reason);
    silent_ = answered ? 0 : silent_ + 1;
    contact_->doubtful = !answered;
    const bool decided = silent_ >= probe_->thresholds.failures;
    if (probe_->affects_health) {
      breaker.on_result(answered, decided, clock_.now(), around_.breaker, around_.random);
    }
  }
  result.breaker = breaker.state();
}

void ProbeCheck::retry_soon(bool undecided) {
  if (!undecided) {
    retries_ = 0;
    return;
  }
  if (retries_ >= probe_->retries) return;
  ++retries_;
  if (!retry_) {
    retry_ = std::make_unique<Timer>([this] {
      if (admit() == StartOutcome::kStarted) launch(wall_ms());
    });
  }
  around_.runtime.loop().arm(*retry_, clock_.now() + probe_->retry_every);
}

void ProbeCheck::landed() {
  if (std::exchange(in_flight_, false)) --around_.counters.in_flight;
  if (std::exchange(in_budget_, false)) --around_.budget.in_flight;
}

std::int64_t ProbeCheck::wall_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch())
      .count();
}

}  // namespace muster
