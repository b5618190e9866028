#include "aggregator/api/operation_handlers.h"

#include <map>

#include "aggregator/api/authenticator.h"
#include "aggregator/api/conditional.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/lookup.h"
#include "aggregator/api/operation_json.h"
#include "aggregator/api/operation_listing.h"

namespace muster {
namespace {

constexpr const char* kRetryAfterSeconds = "1";
constexpr std::string_view kNoun = "operation";

Access access_of(Role role) {
  switch (role) {
    case Role::kViewer:
      return Access::kViewer;
    case Role::kOperator:
      return Access::kOperator;
    case Role::kAdmin:
      return Access::kAdmin;
    case Role::kPlatform:
      return Access::kPlatform;
  }
  return Access::kPlatform;
}

Problem wrong_targets(std::string pointer, std::string code, const std::string& detail) {
  return {ProblemCode::kValidationFailed,
          detail,
          {{std::move(pointer), std::move(code), detail, FieldError::In::kBody}},
          {}};
}

Problem creation_problem(const Error& error) {
  if (error.code != ErrorCode::kConflict) return problem_of(error);
  if (error.message == kTooManyUnfinished) {
    return {ProblemCode::kTooManyOperations,
            std::to_string(kMostUnfinishedOperations) +
                " operations are unfinished; wait for one, "
                "or cancel one",
            {},
            {}};
  }
  return {ProblemCode::kConflict, "a target was deleted meanwhile; try again", {}, {}};
}

Problem cancel_problem(const Error& error) {
  if (error.code != ErrorCode::kConflict) return problem_of(error);
  if (error.message == kOperationChanged) return stale_version(kNoun);
  return {ProblemCode::kOperationEnded, "the operation has ended", {}, {}};
}

ApiResponse accepted(const OperationRecord& operation) {
  JsonWriter json;
  write_operation(json, operation);
  const std::string location = "/api/v1/fleet/operations/" + operation.id.to_string();
  return {202,
          json.take(),
          {{"Location", location},
           {"Operation-Location", location},
           {"Retry-After", kRetryAfterSeconds},
           {"ETag", entity_tag(operation.version)}}};
}

NewOperation new_operation(const ApiRequest& request, const OperationInput& input,
                           OperationPlan plan) {
  NewOperation operation;
  operation.action = input.action->name();
  operation.parameters_json = input.parameters_json;
  operation.request_json = input.request_json;
  operation.requested_by = request.principal->token;
  operation.limits = input.limits;
  operation.limits.max_concurrency = plan.max_concurrency;
  operation.limits.max_errors = plan.max_errors;
  operation.waves = plan.waves;
  operation.targets = std::move(plan.targets);
  return operation;
}

}  // namespace

Answer OperationHandlers::create(const ApiRequest& request) {
  return make(request, read_operation(request.body, context_.operations.actions));
}

Answer OperationHandlers::check_all(const ApiRequest& request) {
  return make(request, read_health_check_of_all(request.body, context_.operations.actions));
}

Answer OperationHandlers::make(const ApiRequest& request, const Input& input) {
  if (!input) return refuse(input.error());
  const Access needed = access_of(input->action->role());
  if (auto problem = Authenticator::denied(*request.principal, needed)) {
    return refuse(std::move(*problem));
  }
  auto servers = find_servers(request, *input);
  if (!servers) return refuse(servers.error());
  const auto count = static_cast<std::int64_t>(servers->size());
  if (input->expected_targets && *input->expected_targets != count) {
    return refuse(ProblemCode::kTargetsDiffer, "there are " + std::to_string(count) +
                                                   " targets, not the expected " +
                                                   std::to_string(*input->expected_targets));
  }
  OperationPlan plan =
      plan_operation(*input->action, input->parameters, input->rollout, std::move(*servers));
  if (input->dry_run) return ApiResponse{200, plan_json(*input, plan), {}};
  return store(request, *input, std::move(plan));
}

Answer OperationHandlers::store(const ApiRequest& request, const OperationInput& input,
                                OperationPlan plan) {
  const auto operation = context_.operations.repository.insert(
      request.organization, new_operation(request, input, std::move(plan)), context_.clock.wall());
  if (!operation) return refuse(creation_problem(operation.error()));
  context_.operations.wake();
  return accepted(*operation);
}

OperationHandlers::Servers OperationHandlers::find_servers(const ApiRequest& request,
                                                           const OperationInput& input) const {
  if (input.ids && !input.ids->empty()) return find_named(request, *input.ids);
  if (input.ids) return refuse(wrong_targets("/targets/ids", "no_match", "names no server"));
  auto found = context_.operations.repository.candidates(request.organization, input.filter);
  if (!found) return refuse(problem_of(found.error()));
  if (found->empty()) {
    return refuse(wrong_targets(input.targets_pointer, "no_match", "no server matches"));
  }
  if (found->size() > kMostTargets) {
    return refuse(wrong_targets(
        input.targets_pointer, "too_many",
        "more than " + std::to_string(kMostTargets) + " servers match; make several operations"));
  }
  return std::move(*found);
}

// In the order in which they were named. Another organization's server is a missing one.
OperationHandlers::Servers OperationHandlers::find_named(
    const ApiRequest& request, const std::vector<std::string>& ids) const {
  auto found = context_.operations.repository.candidates(request.organization, ids);
  if (!found) return refuse(problem_of(found.error()));
  std::map<Uuid, OperationCandidate*> by_id;
  for (OperationCandidate& server : *found) by_id[server.id] = &server;
  std::vector<OperationCandidate> servers;
  std::vector<FieldError> missing;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto there = by_id.find(Uuid::parse(ids[i]).value_or(Uuid()));
    if (there != by_id.end()) {
      servers.push_back(std::move(*there->second));
    } else {
      missing.push_back({"/targets/ids/" + std::to_string(i), "unknown_server",
                         "there is no such server", FieldError::In::kBody});
    }
  }
  if (missing.empty()) return servers;
  return refuse(ProblemCode::kValidationFailed,
                std::to_string(missing.size()) + " of the targets are not there",
                std::move(missing));
}

Answer OperationHandlers::list(const ApiRequest& request) {
  const auto listing = read_operation_listing(request, context_.cursors);
  if (!listing) return refuse(listing.error());
  OperationListing with_one_more = *listing;
  ++with_one_more.limit;  // tells whether there is a next page
  const auto found = context_.operations.repository.list(request.organization, with_one_more);
  if (!found) return refuse(problem_of(found.error()));
  return operation_page(request, context_.cursors, listing->limit, *found);
}

Answer OperationHandlers::show(const ApiRequest& request) {
  const auto operation = find_by_id(context_.operations.repository, request, kNoun);
  if (!operation) return refuse(operation.error());
  const std::string tag = entity_tag(operation->version);
  if (auto same = not_modified(request, tag)) return std::move(*same);
  JsonWriter json;
  write_operation(json, *operation);
  ApiResponse response{200, json.take(), {{"ETag", tag}}};
  if (!operation->finished_at) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  return response;
}

Answer OperationHandlers::targets(const ApiRequest& request) {
  const auto operation = find_by_id(context_.operations.repository, request, kNoun);
  if (!operation) return refuse(operation.error());
  const auto listing = read_target_listing(request, context_.cursors);
  if (!listing) return refuse(listing.error());
  TargetListing with_one_more = *listing;
  ++with_one_more.limit;  // tells whether there is a next page
  const auto found =
      context_.operations.repository.targets(request.organization, operation->id, with_one_more);
  if (!found) return refuse(problem_of(found.error()));
  return target_page(request, context_.cursors, listing->limit, *found);
}

Answer OperationHandlers::cancel(const ApiRequest& request) {
  const auto found = find_by_id(context_.operations.repository, request, kNoun);
  if (!found) return refuse(found.error());
  if (auto problem = stale(request, found->version, kNoun)) return refuse(std::move(*problem));
  const auto canceled = context_.operations.repository.cancel(
      request.organization, found->id, expected_version(request, found->version));
  if (!canceled) return refuse(cancel_problem(canceled.error()));
  context_.operations.wake();
  return accepted(*canceled);
}

}  // namespace muster
