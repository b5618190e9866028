// What went wrong with a request, as RFC 9457 has it: application/problem+json with a stable type,
// and for a bad body or query all of its mistakes at once. Values.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aggregator/api/api_response.h"
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
  kNotFound,
  kMethodNotAllowed,
  kConflict,
  kNameTaken,
  kNotMonitored,
  kPreconditionFailed,
  kBodyTooLarge,
  kUnsupportedMediaType,
  kValidationFailed,
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

ApiResponse to_response(const Problem& problem, const std::string& request_id);

}  // namespace muster
