#include "aggregator/operations/probe_action.h"

#include <utility>

#include "common/model/worst_result.h"

namespace muster {
namespace {

// "health: critical (status_code): HTTP 503"
std::string words_of(const CheckResult& result) {
  std::string words = result.probe->name + ": " + std::string(to_string(result.status));
  if (result.reason != FailureReason::kNone) {
    words += " (" + std::string(to_string(result.reason)) + ")";
  }
  return result.message().empty() ? words : words + ": " + result.message();
}

TargetState state_of(const CheckResult& result) {
  if (result.status == CheckStatus::kOk || result.status == CheckStatus::kWarning) {
    return TargetState::kSucceeded;
  }
  return means_unreachable(result.reason) ? TargetState::kUnreachable : TargetState::kFailed;
}

TargetOutcome without_results(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return {TargetState::kSkipped, "the server is disabled, or has gone"};
    case ErrorCode::kTimeout:
      return {TargetState::kTimedOut, error.message};
    default:
      return {TargetState::kFailed, error.message};
  }
}

}  // namespace

std::string_view ProbeAction::name() const {
  return wanted_ == ChecksWanted::kHealth ? "health_check" : "collect_metrics";
}

std::vector<ParameterMistake> ProbeAction::mistakes(const OperationParameters& parameters) const {
  std::vector<ParameterMistake> found;
  for (const auto& [parameter, value] : parameters) {
    found.push_back({parameter, "unknown_field", "there is no such parameter"});
  }
  return found;
}

std::optional<std::string> ProbeAction::reason_to_skip(const OperationCandidate& server,
                                                       const OperationParameters&) const {
  if (server.status != Server::Status::kDisabled) return std::nullopt;
  return "the server is disabled";
}

void ProbeAction::run(const TargetRun& target, Done done) {
  checks_.check(target.server_key, wanted_,
                [done = std::move(done)](const auto& results) { done(outcome_of(results)); });
}

TargetOutcome ProbeAction::outcome_of(const Result<std::vector<CheckResult>>& results) {
  if (!results) return without_results(results.error());
  if (results->empty()) return {TargetState::kSkipped, "no such probe selects the server"};
  const CheckResult& worst = worst_of(*results);
  return {state_of(worst), words_of(worst)};
}

}  // namespace muster
