#include "aggregator/api/problem.h"

#include <array>

#include "common/base/log.h"

namespace muster {
namespace {

struct Kind {
  std::string_view name;
  int status;
  std::string_view title;
};

// In the order of ProblemCode.
constexpr std::array<Kind, 30> kKinds{{
    {"malformed_request", 400, "The request is malformed"},
    {"invalid_json", 400, "The body is not usable JSON"},
    {"invalid_parameter", 400, "A query parameter is not valid"},
    {"malformed_credentials", 400, "The Authorization header is malformed"},
    {"unauthenticated", 401, "A bearer token is needed"},
    {"invalid_token", 401, "The token is not valid"},
    {"insufficient_scope", 403, "The token's role may not do this"},
    {"cross_origin", 403, "The request comes from another site"},
    {"quota_exceeded", 403, "The organization's quota is used up"},
    {"not_found", 404, "There is no such thing"},
    {"method_not_allowed", 405, "This cannot be done here"},
    {"not_acceptable", 406, "There is no such representation"},
    {"conflict", 409, "The request conflicts with what is there"},
    {"name_taken", 409, "The name is taken"},
    {"not_monitored", 409, "The server is not monitored"},
    {"idempotency_key_in_use", 409, "The request with this key is being served"},
    {"targets_differ", 409, "Other targets than expected"},
    {"too_many_operations", 409, "Too many operations are unfinished"},
    {"operation_ended", 409, "The operation has ended"},
    {"precondition_failed", 412, "It has changed meanwhile"},
    {"body_too_large", 413, "The body is too large"},
    {"unsupported_media_type", 415, "The body's type is not supported"},
    {"validation_failed", 422, "The body does not hold what it must"},
    {"idempotency_key_reused", 422, "The key belongs to another request"},
    {"rate_limited", 429, "Too many requests"},
    {"head_too_large", 431, "The request's line and headers are too long"},
    {"internal", 500, "Something went wrong on our side"},
    {"unavailable", 503, "Not available right now"},
    {"not_ready", 503, "Not ready"},
    {"check_timeout", 504, "The check did not end in time"},
}};
static_assert(kKinds.size() == static_cast<std::size_t>(ProblemCode::kCheckTimeout) + 1);

constexpr int kRetryAfterSeconds = 5;

Problem plain(ProblemCode code, std::string detail) {
  return {code, std::move(detail), {}, {}};
}

}  // namespace

tl::unexpected<Problem> refuse(ProblemCode code, std::string detail, std::vector<FieldError> errors,
                               ResponseHeaders headers) {
  return tl::unexpected<Problem>(
      Problem{code, std::move(detail), std::move(errors), std::move(headers)});
}

Problem problem_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return plain(ProblemCode::kNotFound, "there is no such object in this organization");
    case ErrorCode::kConflict:
      return plain(ProblemCode::kConflict, "the object was changed meanwhile, or is there already");
    case ErrorCode::kDenied:
      return plain(ProblemCode::kInsufficientScope, "this is not allowed");
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
      log::warn("api.storage_unavailable", {{"error", error.message}});
      return plain(ProblemCode::kUnavailable, "the database does not answer; try again");
    case ErrorCode::kInvalid:
      log::warn("api.storage_refused", {{"error", error.message}});
      return plain(ProblemCode::kValidationFailed, "the database refuses a value of this request");
    case ErrorCode::kInternal:
      break;
  }
  log::error("api.failed", {{"error", error.message}});
  return plain(ProblemCode::kInternal, "the log says more under this request_id");
}

int status_of(ProblemCode code) {
  return kKinds[static_cast<std::size_t>(code)].status;
}

std::string_view name_of(ProblemCode code) {
  return kKinds[static_cast<std::size_t>(code)].name;
}

void write_errors(JsonWriter& json, const std::vector<FieldError>& errors) {
  json.key("errors").begin_array();
  for (const FieldError& error : errors) {
    json.begin_object();
    if (error.line != 0) json.member("line", error.line);
    json.member(error.in == FieldError::In::kBody ? "pointer" : "parameter", error.where);
    json.member("code", error.code).member("detail", error.detail).end_object();
  }
  json.end_array();
}

ApiResponse to_response(const Problem& problem, const std::string& request_id) {
  const Kind& kind = kKinds[static_cast<std::size_t>(problem.code)];
  JsonWriter json;
  json.begin_object();
  json.member("type", "urn:muster:problem:" + std::string(kind.name));
  json.member("title", kind.title).member("status", kind.status);
  json.member("detail", problem.detail).member("code", kind.name);
  json.member("request_id", request_id);
  if (!problem.errors.empty()) write_errors(json, problem.errors);
  json.end_object();
  ApiResponse response{kind.status, json.take(), problem.headers, "application/problem+json"};
  if (kind.status == 503) {
    response.headers.emplace_back("Retry-After", std::to_string(kRetryAfterSeconds));
  }
  return response;
}

}  // namespace muster
