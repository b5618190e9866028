// A kind of operation: what it takes, whom it passes over, how it runs on one target. Each is an
// implementation of OperationAction in the table (operation_actions.h). Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aggregator/storage/operation_record.h"
#include "aggregator/storage/token_record.h"

namespace muster {

using OperationParameters = std::map<std::string, std::string>;

struct ParameterMistake {
  std::string name;
  std::string code;  // "required", "invalid", "unknown_field"
  std::string detail;
};

struct TargetOutcome {
  TargetState state = TargetState::kSucceeded;  // one of those that a target ends in
  std::string output;
};

// One target to run on.
struct TargetRun {
  OrganizationKey organization = 0;
  ServerKey server_key = 0;
  Uuid server_id;
  OperationParameters parameters;
};

class OperationAction {
 public:
  using Done = std::function<void(TargetOutcome)>;

  virtual ~OperationAction() = default;

  virtual std::string_view name() const = 0;
  virtual Role role() const = 0;  // that may ask for it

  // All that is wrong with them.
  virtual std::vector<ParameterMistake> mistakes(const OperationParameters& parameters) const = 0;

  // Why there is nothing to do on this server; it then is no error. Nothing: it is to run.
  virtual std::optional<std::string> reason_to_skip(
      const OperationCandidate& server, const OperationParameters& parameters) const = 0;

  // Whether run() waits for what it does: then it is called on a thread op-N, else on `operations`.
  virtual bool blocks() const = 0;

  // Calls `done` once: one that blocks before it returns, others later and from any thread. It is
  // ignored when the target's time is over.
  virtual void run(const TargetRun& target, Done done) = 0;
};

}  // namespace muster
