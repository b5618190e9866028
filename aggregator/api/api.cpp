#include "aggregator/api/api.h"

#include <algorithm>
#include <cctype>

#include "aggregator/api/request_target.h"
#include "common/base/log.h"

namespace muster {
namespace {

constexpr std::string_view kDefaultOrganization = "default";

// "application/json; charset=utf-8" -> "application/json"; empty for any other charset.
std::string media_type(const std::string& header) {
  std::string text;
  for (const unsigned char c : header) {
    if (c != ' ' && c != '\t' && c != '"') text += static_cast<char>(std::tolower(c));
  }
  const std::size_t end = text.find(';');
  if (end != std::string::npos && text.substr(end) != ";charset=utf-8") return "";
  return text.substr(0, end);
}

std::optional<Problem> body_problem(const ApiRequest& request, BodyKind kind) {
  if (kind == BodyKind::kNone) return std::nullopt;
  if (kind == BodyKind::kOptionalJson && request.body.empty()) return std::nullopt;
  const std::string* const header = request.header("content-type");
  const std::string type = header ? media_type(*header) : "";
  const bool patches = kind == BodyKind::kMergePatch;
  if (type == "application/json" || (patches && type == "application/merge-patch+json")) {
    return std::nullopt;
  }
  Problem problem{ProblemCode::kUnsupportedMediaType, "send application/json in UTF-8", {}, {}};
  if (patches) {
    problem.detail = "send application/merge-patch+json or application/json in UTF-8";
    problem.headers = {{"Accept-Patch", "application/merge-patch+json, application/json"}};
  }
  return problem;
}

std::string joined(const std::vector<std::string>& methods) {
  std::string list = "OPTIONS";
  for (const std::string& method : methods) list += ", " + method;
  return list;
}

Answer without_route(const ApiRequest& request, const RouteMatch& match) {
  if (match.allow.empty()) return refuse(ProblemCode::kNotFound, "there is no such route");
  if (request.method == "OPTIONS") return ApiResponse{204, "", {{"Allow", joined(match.allow)}}};
  return refuse(ProblemCode::kMethodNotAllowed, "allowed here: " + joined(match.allow), {},
                {{"Allow", joined(match.allow)}});
}

Problem bad_organization(const std::string& detail) {
  return {ProblemCode::kInvalidParameter,
          "parameter organization: " + detail,
          {{"organization", "invalid", detail, FieldError::In::kQuery}},
          {}};
}

void log_request(const ApiRequest& request, const RouteMatch& match, int status, Duration took) {
  const auto level = status == 500 ? log::Level::kError : log::Level::kDebug;
  if (!log::enabled(level)) return;
  const std::string token = request.principal ? request.principal->token.to_string() : "";
  log::write(level, "api.request",
             {{"method", request.method},
              {"route", match.route ? match.route->pattern : std::string("none")},
              {"status", status},
              {"took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
              {"token", token},
              {"request_id", request.request_id}});
}

Authenticator::Lookup token_lookup(TokenRepository& tokens) {
  return [&tokens](const std::string& sha256) {
    auto token = tokens.find_by_sha256(sha256);
    // When the note cannot be taken, the token is good nevertheless.
    if (token) static_cast<void>(tokens.touch(token->id));
    return token;
  };
}

}  // namespace

Api::Api(ApiContext context)
    : context_(std::move(context)),
      servers_(context_),
      health_(context_),
      metrics_(context_),
      availability_(context_),
      summary_(context_),
      partitions_(context_),
      plugins_(context_),
      daemon_(context_),
      authenticator_(token_lookup(context_.tokens), context_.clock),
      router_(routes()) {}

ApiResponse Api::handle(ApiRequest request) {
  const TimePoint start = context_.clock.now();
  RouteMatch match;
  Answer answer;
  if (auto target = parse_target(request.target)) {
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    match = router_.find(request.method, target->segments);
    answer = dispatch(request, match);
  } else {
    answer = refuse(std::move(target.error()));
  }
  ApiResponse response =
      answer ? std::move(*answer) : to_response(answer.error(), request.request_id);
  log_request(request, match, response.status, context_.clock.now() - start);
  return response;
}

Answer Api::dispatch(ApiRequest& request, const RouteMatch& match) {
  if (auto problem = let_in(request, match.access)) return refuse(std::move(*problem));
  if (!match.route) return without_route(request, match);
  if (auto problem = body_problem(request, match.route->body)) return refuse(std::move(*problem));
  if (request.principal) {
    if (auto problem = choose_organization(request)) return refuse(std::move(*problem));
  }
  request.parts = match.parts;
  return match.route->handler(request);
}

std::optional<Problem> Api::let_in(ApiRequest& request, Access access) {
  if (access == Access::kAnyone) return std::nullopt;
  auto principal = authenticator_.authenticate(request.header("authorization"));
  if (!principal) return std::move(principal.error());
  request.principal = *principal;
  return Authenticator::denied(*principal, access);
}

std::optional<Problem> Api::choose_organization(ApiRequest& request) {
  const auto named = std::find_if(request.query.begin(), request.query.end(),
                                  [](const auto& item) { return item.first == "organization"; });
  if (request.principal->home) {
    if (named != request.query.end()) return bad_organization("only for platform tokens");
    request.organization = *request.principal->home;
    return std::nullopt;
  }
  const std::string name(named == request.query.end() ? kDefaultOrganization : named->second);
  const auto organization = context_.organizations.find(name);
  if (organization) {
    request.organization = organization->key;
    return std::nullopt;
  }
  if (organization.error().code != ErrorCode::kNotFound) return problem_of(organization.error());
  return bad_organization("there is no such organization");
}

}  // namespace muster
