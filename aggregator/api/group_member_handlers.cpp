#include "aggregator/api/group_member_handlers.h"

#include <algorithm>

#include "aggregator/api/group_input.h"
#include "aggregator/api/json_writer.h"

namespace muster {
namespace {

constexpr std::size_t kMostMistakesShown = 100;

std::optional<Problem> mistakes_of(const MembershipChange& change) {
  std::vector<FieldError> errors;
  const auto add = [&](std::string pointer, const char* detail) {
    errors.push_back({std::move(pointer), "unknown", detail, FieldError::In::kBody});
  };
  if (!change.group_known) add("/group_id", "there is no such group");
  const std::size_t shown = std::min(change.unknown.size(), kMostMistakesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    add("/server_ids/" + std::to_string(change.unknown[i]), "there is no such server");
  }
  if (errors.empty()) return std::nullopt;
  const std::size_t count = change.unknown.size() + (change.group_known ? 0 : 1);
  return Problem{ProblemCode::kValidationFailed,
                 std::to_string(count) + " of the ids are not known; nothing was changed",
                 std::move(errors),
                 {}};
}

ApiResponse counts_of(std::int64_t added, std::int64_t removed, const MembershipChange& change) {
  JsonWriter json;
  json.begin_object().member("added", added).member("removed", removed);
  json.member("unchanged", change.unchanged);
  json.member("kept_by_filter", change.kept_by_filter);
  return {200, json.end_object().take(), {}};
}

}  // namespace

Answer GroupMemberHandlers::add(const ApiRequest& request) {
  const auto input = read_members(request.body);
  if (!input) return refuse(input.error());
  const auto change =
      context_.group_members.add(request.organization, input->group, input->servers);
  if (!change) return refuse(problem_of(change.error()));
  if (auto problem = mistakes_of(*change)) return refuse(std::move(*problem));
  (void)context_.announcer.changed(request.organization, change->servers);
  return counts_of(change->changed, 0, *change);
}

Answer GroupMemberHandlers::remove(const ApiRequest& request) {
  const auto input = read_members(request.body);
  if (!input) return refuse(input.error());
  const auto change =
      context_.group_members.remove(request.organization, input->group, input->servers);
  if (!change) return refuse(problem_of(change.error()));
  if (auto problem = mistakes_of(*change)) return refuse(std::move(*problem));
  (void)context_.announcer.changed(request.organization, change->servers);
  return counts_of(0, change->changed, *change);
}

Answer GroupMemberHandlers::remove_one(const ApiRequest& request) {
  const auto group = Uuid::parse(request.parts.at("id"));
  const auto server = Uuid::parse(request.parts.at("server_id"));
  const std::string missing = "the server was not put in the group, or there is no such thing";
  if (!group || !server) return refuse(ProblemCode::kNotFound, missing);
  const auto change = context_.group_members.remove(request.organization, *group, {*server});
  if (!change) return refuse(problem_of(change.error()));
  if (change->changed == 0) return refuse(ProblemCode::kNotFound, missing);
  (void)context_.announcer.changed(request.organization, change->servers);
  return ApiResponse{204, "", {}};
}

}  // namespace muster
