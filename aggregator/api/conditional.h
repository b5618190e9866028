// The conditions of a request (RFC 9110, 13), If-Match against the version that was found,
// If-None-Match against the tag of what would be shown, and what a write meets for want of them.
// Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

// `noun`: "server".
Problem stale_version(std::string_view noun);
Problem name_taken(std::string_view noun);

// Of a write that failed. A conflict with the message `changed` is another version, any other one a
// taken name.
Problem write_problem(const Error& error, std::string_view noun, std::string_view changed);

// Why a write must not be done, when If-Match names another version than was found.
std::optional<Problem> stale(const ApiRequest& request, std::int64_t version,
                             std::string_view noun);

// With If-Match the write itself must meet the version that was compared.
std::optional<std::int64_t> expected_version(const ApiRequest& request, std::int64_t version);

// Who names no version means the newest: a write that reads first and then finds that somebody was
// quicker is done again, a few times. Then that is a conflict, not a failed precondition.
Answer write_newest(const ApiRequest& request, const std::function<Answer()>& write);

// The 304, when If-None-Match names this tag.
std::optional<ApiResponse> not_modified(const ApiRequest& request, const std::string& tag);

}  // namespace muster
