// The conditions of a request (RFC 9110, 13): If-Match against the version that was found,
// If-None-Match against the tag of what would be shown. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

// `what`: "the server".
Problem stale_version(std::string_view what);

// Why a write must not be done, when If-Match names another version than was found.
std::optional<Problem> stale(const ApiRequest& request, std::int64_t version,
                             std::string_view what);

// With If-Match the write itself must meet the version that was compared.
std::optional<std::int64_t> expected_version(const ApiRequest& request, std::int64_t version);

// The 304, when If-None-Match names this tag.
std::optional<ApiResponse> not_modified(const ApiRequest& request, const std::string& tag);

}  // namespace muster
