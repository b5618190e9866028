#include "aggregator/probing/self_excuse.h"

namespace muster {
namespace {

void rewrite(CheckResult& result, std::string message) {
  result.status = CheckStatus::kUnknown;
  result.reason = FailureReason::kSelf;
  result.words = say(std::move(message));
}

}  // namespace

bool SelfExcuse::apply(CheckResult& result, TimePoint started_at, ServerContact& contact) const {
  if (means_unreachable(result.reason) && loop_.stalled_since(started_at)) {
    rewrite(result, "this musterd stood still while it waited for the answer");
    return false;
  }
  if (result.probe->affects_health) tell_pulse(result, contact);
  // Asked after the pulse was told: that may be what raises the suspicion.
  if (result.reason == FailureReason::kNone || !fault_.covers(result.reason)) return false;
  rewrite(result, fault_.message());
  return fault_.kind() == OwnFaultKind::kSuspected;
}

void SelfExcuse::tell_pulse(const CheckResult& result, ServerContact& contact) const {
  if (result.reason == FailureReason::kSelfOverload) return fault_.pulse().overloaded();
  if (says_nothing(result.reason)) return;
  if (means_unreachable(result.reason)) {
    return fault_.pulse().silent(contact.last_answer, !contact.doubtful);
  }
  fault_.pulse().answered(contact.last_answer);
}

}  // namespace muster
