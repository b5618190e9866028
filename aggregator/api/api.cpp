#include "aggregator/api/api.h"

#include <algorithm>

#include "aggregator/api/media_types.h"
#include "aggregator/api/request_log.h"
#include "aggregator/api/request_target.h"
#include "aggregator/api/same_origin.h"

namespace muster {
namespace {

const std::string kDefaultOrganization = "default";
constexpr std::size_t kLongestStreamedBody = 16UL * 1024 * 1024;
constexpr std::size_t kLongestLongBody = 1024UL * 1024;

BodyPlan plan_of(const Route* route, std::size_t usual_limit, OrganizationKey organization) {
  const BodyKind kind = route ? route->body : BodyKind::kNone;
  if (kind == BodyKind::kJsonLines) return {kLongestStreamedBody, true, organization};
  return {kind == BodyKind::kLongJson ? std::max(kLongestLongBody, usual_limit) : usual_limit,
          false, organization};
}

std::optional<Problem> lines_problem(const std::string& type) {
  if (type == "application/x-ndjson" || type == "application/jsonl") return std::nullopt;
  return Problem{ProblemCode::kUnsupportedMediaType,
                 "send application/x-ndjson in UTF-8: one JSON object a line",
                 {},
                 {}};
}

std::optional<Problem> body_problem(const ApiRequest& request, BodyKind kind) {
  if (kind == BodyKind::kNone) return std::nullopt;
  if (kind == BodyKind::kOptionalJson && request.body.empty()) return std::nullopt;
  const std::string* const header = request.header("content-type");
  const std::string type = header ? media_type(*header) : "";
  if (kind == BodyKind::kJsonLines) return lines_problem(type);
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

std::optional<Problem> accept_problem(const ApiRequest& request, const std::string& produced) {
  const std::string* const accept = request.header("accept");
  if (!accept || accepts(*accept, produced)) return std::nullopt;
  return Problem{ProblemCode::kNotAcceptable, "this comes as " + produced + " only", {}, {}};
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

bool only_reads(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// RateLimit and its policy as draft-ietf-httpapi-ratelimit-headers-10 has them.
void add_rate(ResponseHeaders& headers, const RateStanding& rate) {
  headers.emplace_back("RateLimit-Policy", "\"default\";q=" + std::to_string(rate.quota) + ";w=60");
  headers.emplace_back("RateLimit", "\"default\";r=" + std::to_string(rate.remaining) +
                                        ";t=" + std::to_string(rate.until_full.count()));
}

Authenticator::Lookup noting_use(TokenRepository& tokens,
                                 Result<TokenRecord> (TokenRepository::*find)(std::string_view)) {
  return [&tokens, find](const std::string& sha256) {
    auto token = (tokens.*find)(sha256);
    // When the note cannot be taken, the token is good nevertheless.
    if (token) static_cast<void>(tokens.touch(token->id));
    return token;
  };
}

}  // namespace

Api::Api(ApiContext context)
    : context_(std::move(context)),
      organizations_(context_.organizations, context_.clock),
      authenticator_({noting_use(context_.tokens, &TokenRepository::find_by_sha256),
                      noting_use(context_.tokens, &TokenRepository::find_by_session)},
                     context_.clock),
      limiter_(context_.clock),
      audit_(context_.audit, context_.clock),
      idempotency_(context_.idempotency, context_.clock),
      records_(context_.servers, context_.live),
      servers_(context_, records_, organizations_),
      import_(context_, organizations_),
      groups_(context_),
      group_members_(context_),
      health_(context_, records_),
      metrics_(context_, records_),
      availability_(context_, records_),
      summary_(context_),
      operations_(context_),
      partitions_(context_),
      plugins_(context_),
      daemon_(context_),
      tokens_(context_, authenticator_),
      sessions_(context_, authenticator_),
      organization_handlers_(context_, organizations_),
      audit_log_(context_),
      events_(context_, authenticator_),
      router_(routes()) {}

tl::expected<BodyPlan, ApiResponse> Api::admit(ApiRequest head) {
  const auto match = route(head);
  auto problem = match ? check_head(head, *match) : match.error();
  if (problem) return tl::unexpected(to_response(*problem, head.request_id));
  return plan_of(match->route, context_.settings.request_body_limit, head.organization);
}

ApiResponse Api::handle(ApiRequest request) {
  const TimePoint start = context_.clock.now();
  const auto match = route(request);
  Answer answer = match ? dispatch(request, *match) : refuse(match.error());
  ApiResponse response =
      answer ? std::move(*answer) : to_response(answer.error(), request.request_id);
  if (request.rate) add_rate(response.headers, *request.rate);
  log_request(request, match.value_or(RouteMatch()), response, context_.clock.now() - start,
              context_.settings.access_log);
  return response;
}

tl::expected<RouteMatch, Problem> Api::route(ApiRequest& request) const {
  auto target = parse_target(request.target);
  if (!target) return refuse(std::move(target.error()));
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  return router_.find(request.method, target->segments);
}

Answer Api::dispatch(ApiRequest& request, const RouteMatch& match) {
  if (auto problem = check_head(request, match)) return refuse(std::move(*problem));
  if (auto problem = limit_rate(request)) return refuse(std::move(*problem));
  if (!match.route) return without_route(request, match);
  request.parts = match.parts;
  const Route& route = *match.route;
  if (only_reads(request.method) || !request.principal) return route.handler(request);
  const auto recorded = [&] { return audit_.serve(request, route); };
  return request.method == "POST" ? idempotency_.serve(request, recorded) : recorded();
}

// All that can be said before the body is there.
std::optional<Problem> Api::check_head(ApiRequest& request, const RouteMatch& match) {
  if (auto problem = let_in(request, match.access)) return problem;
  if (!match.route) return std::nullopt;
  if (auto problem = accept_problem(request, match.route->produces)) return problem;
  if (auto problem = body_problem(request, match.route->body)) return problem;
  return request.principal ? choose_organization(request) : std::nullopt;
}

std::optional<Problem> Api::let_in(ApiRequest& request, Access access) {
  if (access == Access::kAnyone) return std::nullopt;
  auto principal = authenticator_.authenticate(request);
  if (!principal) return std::move(principal.error());
  if (principal->by_session && !only_reads(request.method) && !is_same_origin(request)) {
    return Problem{ProblemCode::kCrossOrigin,
                   "with a session's cookie, changes come from pages of this site only",
                   {},
                   {}};
  }
  request.principal = std::move(*principal);
  return Authenticator::denied(*request.principal, access);
}

std::optional<Problem> Api::choose_organization(ApiRequest& request) {
  const auto named = std::find_if(request.query.begin(), request.query.end(),
                                  [](const auto& item) { return item.first == "organization"; });
  if (request.principal->home) {
    if (named != request.query.end()) return bad_organization("only for platform tokens");
    request.organization = *request.principal->home;
    return std::nullopt;
  }
  const auto organization =
      organizations_.find(named == request.query.end() ? kDefaultOrganization : named->second);
  if (organization) {
    request.organization = organization->key;
    return std::nullopt;
  }
  if (organization.error().code != ErrorCode::kNotFound) return problem_of(organization.error());
  return bad_organization("there is no such organization");
}

// While the organization's own quota cannot be read, the daemon's holds.
std::optional<Problem> Api::limit_rate(ApiRequest& request) {
  if (request.organization == 0) return std::nullopt;
  const auto organization = organizations_.find(request.organization);
  const int quota =
      organization
          ? organization->quotas.requests_per_minute.value_or(context_.settings.requests_per_minute)
          : context_.settings.requests_per_minute;
  request.rate = limiter_.take(std::to_string(request.organization), quota);
  if (request.rate->allowed) return std::nullopt;
  return Problem{ProblemCode::kRateLimited,
                 "the organization makes more requests than it may",
                 {},
                 {{"Retry-After", std::to_string(request.rate->until_allowed.count())}}};
}

}  // namespace muster
