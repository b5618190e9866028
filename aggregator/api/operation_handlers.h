// /operations, /operations/{id} and below, /health-check/all: makes operations, shows and cancels
// them. Running them is others' work. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/operation_input.h"
#include "aggregator/api/problem.h"

namespace muster {

class OperationHandlers {
 public:
  explicit OperationHandlers(const ApiContext& context) : context_(context) {}

  Answer create(const ApiRequest& request);
  Answer check_all(const ApiRequest& request);
  Answer list(const ApiRequest& request);
  Answer show(const ApiRequest& request);
  Answer targets(const ApiRequest& request);
  Answer cancel(const ApiRequest& request);

 private:
  using Input = tl::expected<OperationInput, Problem>;
  using Servers = tl::expected<std::vector<OperationCandidate>, Problem>;

  Answer make(const ApiRequest& request, const Input& input);
  Answer store(const ApiRequest& request, const OperationInput& input, OperationPlan plan);
  Servers find_servers(const ApiRequest& request, const OperationInput& input) const;
  Servers find_named(const ApiRequest& request, const std::vector<std::string>& ids) const;

  const ApiContext& context_;
};

}  // namespace muster
