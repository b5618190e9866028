// Finds the server that a request's path names. Pure but for the query.
#pragma once

#include <tl/expected.hpp>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "common/base/uuid.h"

namespace muster {

// What is no UUID names no server: 404, as for one of another organization.
// `servers`: the ServerRepository, or for what only reads the ServerCache.
template <typename Servers>
auto find_server(Servers& servers, const ApiRequest& request)
    -> tl::expected<typename decltype(servers.find(0, Uuid()))::value_type, Problem> {
  const auto id = Uuid::parse(request.parts.at("id"));
  if (!id) return refuse(ProblemCode::kNotFound, "there is no such server");
  auto server = servers.find(request.organization, *id);
  if (server) return std::move(*server);
  if (server.error().code == ErrorCode::kNotFound) {
    return refuse(ProblemCode::kNotFound, "there is no such server");
  }
  return refuse(problem_of(server.error()));
}

}  // namespace muster
