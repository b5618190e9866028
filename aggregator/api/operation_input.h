// Reads what a client says to make an operation. Pure.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "aggregator/api/field_reader.h"
#include "aggregator/operations/operation_actions.h"
#include "aggregator/operations/operation_plan.h"

namespace muster {

struct OperationInput {
  OperationAction* action = nullptr;
  OperationParameters parameters;
  std::string parameters_json = "{}";
  std::string request_json;
  std::string targets_pointer = "/targets";     // where the body says which servers
  std::optional<std::vector<std::string>> ids;  // UUIDs, none twice; else those of the filter
  ServerFilter filter;
  RolloutWish rollout;
  OperationLimits limits;  // its times; the rest comes of the rollout
  bool dry_run = false;
  std::optional<std::int64_t> expected_targets;
};

tl::expected<OperationInput, Problem> read_operation(const std::string& body,
                                                     const OperationActions& actions);

// Of every active server, or of those that a selector in the body finds; the body may be empty.
tl::expected<OperationInput, Problem> read_health_check_of_all(const std::string& body,
                                                               const OperationActions& actions);

}  // namespace muster
