#include "aggregator/probing/probe_check.h"

#include <utility>

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
      target_(surroundings.runtime, std::move(configured), server_) {}

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
  if (!target_.open()) launch(wall_ms());
}

StartOutcome ProbeCheck::admit() {
  if (target_.open()) return StartOutcome::kOverrun;
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
  target_.start(probe_->timeout, [this](Finding finding) { on_finding(std::move(finding)); });
}

void ProbeCheck::on_finding(Finding finding) {
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
