#include "aggregator/api/token_handlers.h"

#include "aggregator/api/field_reader.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/scope_parameter.h"
#include "aggregator/api/server_rules.h"
#include "aggregator/api/token_json.h"
#include "aggregator/storage/bearer_token.h"
#include "common/base/rfc3339.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

constexpr std::size_t kVisibleLength = 8;
constexpr std::size_t kMostTokens = 1'000;

tl::expected<std::optional<OrganizationKey>, Problem> read_home(const ApiRequest& request) {
  QueryReader query(request.query);
  const auto home = read_scope(query, request);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return home;
}

std::optional<WallTime> read_expiry(FieldReader& reader, WallTime now) {
  const auto given = reader.text("expires_at");
  if (!given.value) return std::nullopt;
  const auto time = parse_rfc3339(*given.value);
  if (!time) {
    reader.reject("expires_at", "invalid", time.error().message);
    return std::nullopt;
  }
  if (*time <= now) reader.reject("expires_at", "out_of_range", "must lie in the future");
  return *time;
}

Role read_role(FieldReader& reader, bool platform) {
  const auto given = reader.text("role");
  const auto role = given.value ? role_from(*given.value) : std::nullopt;
  if (!given.value) {
    reader.reject("role", "required", "a token needs a role");
  } else if (!role || (*role == Role::kPlatform) != platform) {
    reader.reject("role", "invalid",
                  platform ? "with scope=platform, must be platform"
                           : "must be one of viewer, operator, admin");
  }
  return role.value_or(Role::kViewer);
}

tl::expected<NewToken, Problem> read_new_token(const std::string& text, bool platform,
                                               WallTime now) {
  const auto body = JsonBody::parse(text);
  if (!body) return refuse(body.error());
  FieldReader reader(*body);
  NewToken token;
  const auto name = reader.text("name");
  if (!name.value) reader.reject("name", "required", "a token needs a name");
  if (const auto complaint = complaint_about_name(name.value.value_or("x"))) {
    reader.reject("name", "invalid", *complaint);
  }
  token.name = name.value.value_or("");
  token.role = read_role(reader, platform);
  token.expires_at = read_expiry(reader, now);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return token;
}

Problem no_such_token() {
  return {ProblemCode::kNotFound, "there is no such token", {}, {}};
}

Problem problem_with_token(const Error& error) {
  return error.code == ErrorCode::kNotFound ? no_such_token() : problem_of(error);
}

}  // namespace

Answer TokenHandlers::list(const ApiRequest& request) {
  const auto home = read_home(request);
  if (!home) return refuse(home.error());
  const auto tokens = context_.tokens.list(*home);
  if (!tokens) return refuse(problem_of(tokens.error()));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const TokenRecord& token : *tokens) {
    json.begin_object();
    write_token_members(json, token);
    json.end_object();
  }
  return ApiResponse{200, json.end_array().end_object().take(), {}};
}

Answer TokenHandlers::create(const ApiRequest& request) {
  const auto home = read_home(request);
  if (!home) return refuse(home.error());
  auto input = read_new_token(request.body, !*home, context_.clock.wall());
  if (!input) return refuse(input.error());
  const auto others = context_.tokens.list(*home);
  if (!others) return refuse(problem_of(others.error()));
  if (others->size() >= kMostTokens) {
    return refuse(ProblemCode::kQuotaExceeded, "there are 1,000 tokens; a program needs one");
  }
  const auto secret = make_token(kApiTokenPrefix);
  if (!secret) return refuse(problem_of(secret.error()));
  input->organization = *home;
  input->sha256 = sha256(secret->reveal());
  input->prefix = secret->reveal().substr(0, kVisibleLength);
  const auto token = context_.tokens.create(*input);
  if (!token) return refuse(problem_of(token.error()));
  JsonWriter json;
  json.begin_object();
  write_token_members(json, *token);
  json.member("token", secret->reveal()).end_object();
  const std::string location = "/api/v1/fleet/tokens/" + token->id.to_string();
  return ApiResponse{201, json.take(), {{"Location", location}}};
}

Answer TokenHandlers::show(const ApiRequest& request) {
  const auto home = read_home(request);
  if (!home) return refuse(home.error());
  const auto id = Uuid::parse(request.parts.at("id"));
  if (!id) return refuse(no_such_token());
  const auto token = context_.tokens.find(*home, *id);
  if (!token) return refuse(problem_with_token(token.error()));
  JsonWriter json;
  json.begin_object();
  write_token_members(json, *token);
  return ApiResponse{200, json.end_object().take(), {}};
}

// The row stays, for the audit log; this daemon knows the token no more at once.
Answer TokenHandlers::revoke(const ApiRequest& request) {
  const auto home = read_home(request);
  if (!home) return refuse(home.error());
  const auto id = Uuid::parse(request.parts.at("id"));
  if (!id) return refuse(no_such_token());
  const auto revoked = context_.tokens.revoke(*home, *id);
  if (!revoked) return refuse(problem_with_token(revoked.error()));
  authenticator_.forget(*id);
  return ApiResponse{204, "", {}};
}

}  // namespace muster
