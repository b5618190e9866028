// What went wrong with a request, as RFC 9457 has it: application/problem+json with a stable type,
// and for a bad body or query all of its mistakes at once. Values.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aggregator/api/api_response.h"
#include "aggregator/api/json_writer.h"
#include "common/base/result.h"

namespace muster {

enum class ProblemCode {
  kMalformedRequest,
  kInvalidJson,
  kInvalidParameter,
  kMalformedCredentials,
  kUnauthenticated,
  kInvalidToken,
  kInsufficientScope,
  kCrossOrigin,
  kQuotaExceeded,
  kNotFound,
  kMethodNotAllowed,
  kNotAcceptable,
  kConflict,
  kNameTaken,
  kNotMonitored,
  kIdempotencyKeyInUse,
  kTargetsDiffer,
  kTooManyOperations,
  kOperationEnded,
  kPreconditionFailed,
  kBodyTooLarge,
  kUnsupportedMediaType,
  kValidationFailed,
  kIdempotencyKeyReused,
  kRateLimited,
  kHeadTooLarge,
  kInternal,
  kUnavailable,
  kNotReady,
  kCheckTimeout,
};

struct FieldError {
  enum class In { kBody, kQuery };

  std::string where;  // a JSON pointer into the body, or the name of a query parameter
  std::string code;   // "required", "wrong_type", "unknown_field" ...
  std::string detail;
  In in = In::kBody;
  int line = 0;  // of a body of lines, from 1
};

struct Problem {
  ProblemCode code = ProblemCode::kInternal;
  std::string detail;
  std::vector<FieldError> errors;
  ResponseHeaders headers;
};

// What a handler comes back with.
using Answer = tl::expected<ApiResponse, Problem>;

tl::unexpected<Problem> refuse(ProblemCode code, std::string detail,
                               std::vector<FieldError> errors = {}, ResponseHeaders headers = {});
inline tl::unexpected<Problem> refuse(Problem problem) {
  return tl::unexpected<Problem>(std::move(problem));
}

// An error from below. Its message goes to the log, never to the client.
Problem problem_of(const Error& error);

int status_of(ProblemCode code);
std::string_view name_of(ProblemCode code);  // "name_taken"

void write_errors(JsonWriter& json, const std::vector<FieldError>& errors);  // with their key

ApiResponse to_response(const Problem& problem, const std::string& request_id);

}  // namespace muster
