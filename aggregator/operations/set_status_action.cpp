#include "aggregator/operations/set_status_action.h"

#include "common/base/log.h"

namespace muster {
namespace {

std::optional<Server::Status> status_in(const OperationParameters& parameters) {
  const auto given = parameters.find("status");
  return given == parameters.end() ? std::nullopt : server_status_from(given->second);
}

// What the database said goes to the log, never to a client.
TargetOutcome failed(const TargetRun& target, const Error& error, std::string words) {
  if (error.code == ErrorCode::kNotFound) return {TargetState::kSkipped, "the server has gone"};
  log::warn("operations.status_not_set",
            {{"server", target.server_id.to_string()}, {"error", error.message}});
  return {error.code == ErrorCode::kTimeout ? TargetState::kTimedOut : TargetState::kFailed,
          std::move(words)};
}

}  // namespace

std::vector<ParameterMistake> SetStatusAction::mistakes(
    const OperationParameters& parameters) const {
  std::vector<ParameterMistake> found;
  for (const auto& [parameter, value] : parameters) {
    if (parameter == "status") continue;
    found.push_back({parameter, "unknown_field", "there is no such parameter"});
  }
  if (!parameters.contains("status")) {
    found.push_back({"status", "required", "says what the servers are to be"});
  } else if (!status_in(parameters)) {
    found.push_back({"status", "invalid", "must be active, maintenance or disabled"});
  }
  return found;
}

std::optional<std::string> SetStatusAction::reason_to_skip(
    const OperationCandidate& server, const OperationParameters& parameters) const {
  if (status_in(parameters) != server.status) return std::nullopt;
  return "the server's status is " + std::string(to_string(server.status)) + " already";
}

void SetStatusAction::run(const TargetRun& target, Done done) {
  done(set(target));
}

TargetOutcome SetStatusAction::set(const TargetRun& target) {
  ServerPatch patch;
  patch.status = status_in(target.parameters);
  if (auto reason = patch.status ? refuse_(target.server_key, *patch.status) : std::nullopt) {
    return {TargetState::kFailed, std::move(*reason)};
  }
  const auto server = servers_.update(target.organization, target.server_id, patch);
  if (!server) return failed(target, server.error(), "the database did not take it");
  if (const auto told = announce_(target.organization, target.server_id); !told) {
    return failed(target, told.error(), "stored, but not in force yet");
  }
  return {TargetState::kSucceeded, "status: " + std::string(to_string(server->status))};
}

}  // namespace muster
