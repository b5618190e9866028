#include "aggregator/api/session_handlers.h"

#include "aggregator/api/field_reader.h"
#include "aggregator/api/organization_json.h"
#include "aggregator/api/same_origin.h"
#include "aggregator/api/token_json.h"
#include "aggregator/storage/bearer_token.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kSessionLasts = 12h;

tl::expected<std::string, Problem> read_token(const ApiRequest& request) {
  const auto body = JsonBody::parse(request.body);
  if (!body) return refuse(body.error());
  FieldReader reader(*body);
  const auto token = reader.text("token");
  if (!token.value) reader.reject("token", "required", "name the token to sign in with");
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return *token.value;
}

// Signing somebody in from another site is an attack as well. Programs send no Origin.
std::optional<Problem> foreign(const ApiRequest& request) {
  const bool from_browser = request.header("origin") || request.header("sec-fetch-site");
  if (!from_browser || is_same_origin(request)) return std::nullopt;
  return Problem{
      ProblemCode::kCrossOrigin, "sessions are opened by pages of this site only", {}, {}};
}

}  // namespace

Answer SessionHandlers::me(const ApiRequest& request) {
  return described(*request.principal);
}

tl::expected<Principal, Problem> SessionHandlers::signing_in(const ApiRequest& request) {
  if (auto problem = foreign(request)) return refuse(std::move(*problem));
  const auto token = read_token(request);
  if (!token) return refuse(token.error());
  return authenticator_.authenticate_token(*token);
}

Answer SessionHandlers::open(const ApiRequest& request) {
  const Principal& principal = *request.principal;
  const auto session = make_token(kSessionPrefix);
  if (!session) return refuse(problem_of(session.error()));
  const WallTime now = context_.clock.wall();
  const auto opened =
      context_.sessions.open(sha256(session->reveal()), principal.token, now, now + kSessionLasts);
  if (!opened) return refuse(problem_of(opened.error()));
  authenticator_.forget(principal.token);  // the oldest of its sessions may have had to go
  auto answer = described(principal);
  if (!answer) return answer;
  answer->status = 201;
  answer->headers.emplace_back("Set-Cookie", cookie_.opened(*session, kSessionLasts));
  return answer;
}

Answer SessionHandlers::close(const ApiRequest& request) {
  const std::string* const cookies = request.header("cookie");
  const auto session = cookies ? cookie_.session_in(*cookies) : std::nullopt;
  if (session) {
    const auto closed = context_.sessions.close(sha256(*session));
    if (!closed) return refuse(problem_of(closed.error()));
    authenticator_.forget(request.principal->token);
  }
  return ApiResponse{204, "", {{"Set-Cookie", cookie_.ended()}}};
}

Answer SessionHandlers::described(const Principal& principal) {
  const auto token = context_.tokens.find(principal.home, principal.token);
  if (!token) return refuse(problem_of(token.error()));
  JsonWriter json;
  json.begin_object().key("token").begin_object();
  write_token_members(json, *token);
  json.end_object().key("organization");
  if (principal.home) {
    const auto organization = context_.organizations.find(*principal.home);
    if (!organization) return refuse(problem_of(organization.error()));
    write_organization(json, *organization);
  } else {
    json.value(nullptr);
  }
  json.member("by_session", principal.by_session).end_object();
  return ApiResponse{200, json.take(), {}};
}

}  // namespace muster
