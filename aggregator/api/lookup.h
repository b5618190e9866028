// Finds what a request's path names by its {id}. Pure but for the query.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "common/base/uuid.h"

namespace muster {

// What is no UUID names nothing: 404, as for a thing of another organization. `things`: a
// repository, or for what only reads servers the ServerCache; `noun`: "server".
template <typename Things>
auto find_by_id(Things& things, const ApiRequest& request, std::string_view noun)
    -> tl::expected<typename decltype(things.find(0, Uuid()))::value_type, Problem> {
  const auto id = Uuid::parse(request.parts.at("id"));
  auto found = id ? things.find(request.organization, *id)
                  : decltype(things.find(0, Uuid()))(fail(ErrorCode::kNotFound, "no UUID"));
  if (found) return std::move(*found);
  if (found.error().code != ErrorCode::kNotFound) return refuse(problem_of(found.error()));
  return refuse(ProblemCode::kNotFound, "there is no such " + std::string(noun));
}

}  // namespace muster
