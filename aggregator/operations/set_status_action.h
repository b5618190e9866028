// set_status: makes servers active, disabled, or puts them into maintenance. Owned by the table.
// Thread-safe.
#pragma once

#include "aggregator/operations/operation_action.h"
#include "aggregator/storage/server_repository.h"

namespace muster {

class SetStatusAction final : public OperationAction {
 public:
  // Tells the fleet of a server that was changed.
  using Announce = std::function<Result<void>(OrganizationKey, const Uuid& server)>;

  // Why the server may not have the status; nothing: it may.
  using Refuse = std::function<std::optional<std::string>(ServerKey, Server::Status)>;

  SetStatusAction(ServerRepository& servers, Announce announce, Refuse refuse)
      : servers_(servers), announce_(std::move(announce)), refuse_(std::move(refuse)) {}

  std::string_view name() const override { return "set_status"; }
  Role role() const override { return Role::kAdmin; }
  std::vector<ParameterMistake> mistakes(const OperationParameters& parameters) const override;
  std::optional<std::string> reason_to_skip(const OperationCandidate& server,
                                            const OperationParameters& parameters) const override;
  bool blocks() const override { return true; }
  void run(const TargetRun& target, Done done) override;

 private:
  TargetOutcome set(const TargetRun& target);

  ServerRepository& servers_;
  const Announce announce_;
  const Refuse refuse_;
};

}  // namespace muster
