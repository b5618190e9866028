// Finds the group that a request's path names. Pure but for the query.
#pragma once

#include <tl/expected.hpp>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/storage/group_repository.h"

namespace muster {

// What is no UUID names no group: 404, as for one of another organization.
inline tl::expected<GroupRecord, Problem> find_group(GroupRepository& groups,
                                                     const ApiRequest& request) {
  const auto id = Uuid::parse(request.parts.at("id"));
  if (!id) return refuse(ProblemCode::kNotFound, "there is no such group");
  auto group = groups.find(request.organization, *id);
  if (group) return std::move(*group);
  if (group.error().code == ErrorCode::kNotFound) {
    return refuse(ProblemCode::kNotFound, "there is no such group");
  }
  return refuse(problem_of(group.error()));
}

}  // namespace muster
