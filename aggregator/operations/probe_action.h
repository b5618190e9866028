// health_check and collect_metrics: the probes of each target, now. Owned by the table.
// Thread-safe.
#pragma once

#include "aggregator/operations/operation_action.h"
#include "aggregator/operations/server_checks.h"

namespace muster {

class ProbeAction final : public OperationAction {
 public:
  ProbeAction(ServerChecks& checks, ChecksWanted wanted) : checks_(checks), wanted_(wanted) {}

  std::string_view name() const override;
  Role role() const override { return Role::kOperator; }
  std::vector<ParameterMistake> mistakes(const OperationParameters& parameters) const override;
  std::optional<std::string> reason_to_skip(const OperationCandidate& server,
                                            const OperationParameters& parameters) const override;
  bool blocks() const override { return false; }
  void run(const TargetRun& target, Done done) override;

  // A warning is a success: the server answered and serves.
  static TargetOutcome outcome_of(const Result<std::vector<CheckResult>>& results);

 private:
  ServerChecks& checks_;
  const ChecksWanted wanted_;
};

}  // namespace muster
