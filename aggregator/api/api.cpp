#include "aggregator/api/api.h"

#include <algorithm>

#include "aggregator/api/media_types.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/request_log.h"
#include "aggregator/api/request_target.h"
#include "aggregator/api/same_origin.h"

namespace muster {
namespace {

constexpr std::size_t kLongestStreamedBody = 16UL * 1024 * 1024;
constexpr std::size_t kLongestLongBody = 1024UL * 1024;

BodyPlan plan_of(const Route* route, std::size_t usual_limit, OrganizationKey organization,
                 std::vector<Rate> rates) {
  BodyPlan plan{usual_limit, false, organization, std::move(rates)};
  const BodyKind kind = route ? route->body : BodyKind::kNone;
  if (kind == BodyKind::kLongJson) plan.limit = std::max(kLongestLongBody, usual_limit);
  plan.streamed = kind == BodyKind::kJsonLines;
  if (plan.streamed) plan.limit = kLongestStreamedBody;
  return plan;
}

// Of chunks, how many bytes there are is not known before they come.
std::optional<Problem> unwanted_body(const ApiRequest& request) {
  const std::string* const length = request.header("content-length");
  const bool announced = length && length->find_first_not_of('0') != std::string::npos;
  if (!announced && request.body.empty()) return std::nullopt;
  return Problem{ProblemCode::kUnsupportedMediaType, "this takes no body", {}, {}};
}

std::optional<Problem> lines_problem(const std::string& type) {
  if (type == "application/x-ndjson" || type == "application/jsonl") return std::nullopt;
  return Problem{ProblemCode::kUnsupportedMediaType,
                 "send application/x-ndjson in UTF-8: one JSON object a line",
                 {},
                 {}};
}

std::optional<Problem> body_problem(const ApiRequest& request, BodyKind kind) {
  if (kind == BodyKind::kNone) return unwanted_body(request);
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
  if (produced.empty() || !accept || accepts(*accept, produced)) return std::nullopt;
  return Problem{ProblemCode::kNotAcceptable, "this comes as " + produced + " only", {}, {}};
}

std::optional<Problem> query_problem(const ApiRequest& request, QueryKind kind) {
  return kind == QueryKind::kNone ? QueryReader(request.query).finish() : std::nullopt;
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
void add_rates(ResponseHeaders& headers, const std::vector<Rate>& rates) {
  std::string policies, standings;
  for (const auto& [policy, standing] : rates) {
    const std::string name = (policies.empty() ? "\"" : ", \"") + policy + '"';
    policies += name + ";q=" + std::to_string(standing.quota) + ";w=60";
    standings += name + ";r=" + std::to_string(standing.remaining) +
                 ";t=" + std::to_string(standing.until_full.count());
  }
  if (rates.empty()) return;
  headers.emplace_back("RateLimit-Policy", std::move(policies));
  headers.emplace_back("RateLimit", std::move(standings));
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
                     SessionCookie(!context_.settings.tls_certificate.empty()), context_.clock),
      limits_(organizations_, context_.settings.requests_per_minute, context_.clock),
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
  const TimePoint start = context_.clock.now();
  const auto match = route(head);
  auto problem = match ? check_head(head, *match) : match.error();
  if (problem) {
    return tl::unexpected(
        finished(head, match.value_or(RouteMatch()), refuse(std::move(*problem)), start));
  }
  return plan_of(match->route, context_.settings.request_body_limit, head.organization,
                 std::move(head.rates));
}

ApiResponse Api::handle(ApiRequest request) {
  const TimePoint start = context_.clock.now();
  const auto match = route(request);
  Answer answer = match ? dispatch(request, *match) : refuse(match.error());
  return finished(request, match.value_or(RouteMatch()), std::move(answer), start);
}

ApiResponse Api::finished(const ApiRequest& request, const RouteMatch& match, Answer answer,
                          TimePoint start) const {
  ApiResponse response =
      answer ? std::move(*answer) : to_response(answer.error(), request.request_id);
  add_rates(response.headers, request.rates);
  log_request(request, match, response, context_.clock.now() - start, context_.settings.access_log);
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
  if (!match.route) return without_route(request, match);
  request.parts = match.parts;
  const Route& route = *match.route;
  if (route.signs_in) {
    if (auto problem = sign_in(request)) return refuse(std::move(*problem));
  }
  if (only_reads(request.method) || !request.principal) return route.answer(request);
  const auto recorded = [&] { return audit_.serve(request, route); };
  return request.method == "POST" ? idempotency_.serve(request, recorded) : recorded();
}

// All that can be said before the body is there.
std::optional<Problem> Api::check_head(ApiRequest& request, const RouteMatch& match) {
  if (auto problem = let_in(request, match)) return problem;
  if (!match.route) return std::nullopt;
  const Route& route = *match.route;
  if (auto problem = accept_problem(request, route.produces)) return problem;
  if (auto problem = body_problem(request, route.body)) return problem;
  if (auto problem = query_problem(request, route.query)) return problem;
  if (!request.principal) return std::nullopt;
  return choose_organization(request, route.access != Access::kPlatform);
}

std::optional<Problem> Api::let_in(ApiRequest& request, const RouteMatch& match) {
  if (match.access == Access::kAnyone) {
    const bool counted = !match.route || (match.route->metered && !match.route->signs_in);
    return counted ? limits_.take_anonymous(request.peer) : std::nullopt;
  }
  if (auto problem = identify(request, authenticator_.authenticate(request))) return problem;
  if (request.principal->by_session && !only_reads(request.method) && !is_same_origin(request)) {
    return Problem{ProblemCode::kCrossOrigin,
                   "with a session's cookie, changes come from pages of this site only",
                   {},
                   {}};
  }
  return Authenticator::denied(*request.principal, match.access);
}

// Who is known is counted by his token, who is not by his address; so what one address does without
// a token, or with bad ones, is never in the way of a good one.
std::optional<Problem> Api::identify(ApiRequest& request,
                                     tl::expected<Principal, Problem> principal) {
  if (!principal) {
    const bool our_fault = status_of(principal.error().code) >= 500;
    auto limited = our_fault ? std::nullopt : limits_.take_anonymous(request.peer);
    return limited ? limited : std::move(principal.error());
  }
  request.principal = std::move(*principal);
  if (!request.rates.empty()) return std::nullopt;
  return limits_.take(*request.principal, request.rates);
}

// From here on it is as if the token had come with the request: counted, recorded, done once.
std::optional<Problem> Api::sign_in(ApiRequest& request) {
  if (auto problem = identify(request, sessions_.signing_in(request))) return problem;
  return choose_organization(request, false);
}

// A platform token acts in the organization that it names, or in the usual one.
std::optional<Problem> Api::choose_organization(ApiRequest& request, bool needs_one) {
  const auto named = std::find_if(request.query.begin(), request.query.end(),
                                  [](const auto& item) { return item.first == "organization"; });
  const bool names_one = named != request.query.end();
  if (request.principal->home) {
    if (names_one) return bad_organization("only for platform tokens");
    request.organization = *request.principal->home;
    return std::nullopt;
  }
  if (!needs_one && !names_one) return std::nullopt;
  const auto organization =
      organizations_.find(names_one ? named->second : std::string(kDefaultOrganization));
  if (organization) {
    if (needs_one) request.organization = organization->key;
    return std::nullopt;
  }
  if (organization.error().code != ErrorCode::kNotFound) return problem_of(organization.error());
  return bad_organization("there is no such organization");
}

}  // namespace muster
