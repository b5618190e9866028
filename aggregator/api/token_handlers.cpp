#include "aggregator/api/token_handlers.h"

#include "aggregator/api/conditional.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/field_reader.h"
#include "aggregator/api/page_cursor.h"
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
constexpr std::int64_t kMostTokens = 1'000;

tl::expected<std::optional<OrganizationKey>, Problem> read_home(const ApiRequest& request) {
  QueryReader query(request.query);
  const auto home = read_scope(query, request);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return home;
}

std::string place_of(const TokenRecord& token) {
  return token.id.to_string() + std::to_string(token.created_at.time_since_epoch().count());
}

std::optional<TokenListing::Place> place_from(const std::string& text) {
  static constexpr std::size_t kIdLength = 36;
  const auto id = Uuid::parse(text.substr(0, kIdLength));
  if (!id) return std::nullopt;
  const auto made = whole_microseconds(std::string_view(text).substr(kIdLength));
  if (!made) return std::nullopt;
  return TokenListing::Place{*made, *id};
}

TokenListing read_listing(QueryReader& query, const ApiRequest& request,
                          const PageCursors& cursors) {
  TokenListing listing;
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.after = cursors.read(query, request, place_from);
  return listing;
}

void write_listed(JsonWriter& json, const TokenRecord& token) {
  json.begin_object();
  write_token_members(json, token);
  json.end_object();
}

// A token changes once, by being revoked; that it was used is no change.
std::int64_t version_of(const TokenRecord& token) {
  return token.revoked_at ? 2 : 1;
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
  QueryReader query(request.query);
  const auto home = read_scope(query, request);
  TokenListing listing = read_listing(query, request, context_.cursors);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const int limit = listing.limit++;  // one more tells whether there is a next page
  const auto tokens = context_.tokens.list(home, listing);
  if (!tokens) return refuse(problem_of(tokens.error()));
  return context_.cursors.page(request, limit, *tokens, write_listed, place_of);
}

Answer TokenHandlers::create(const ApiRequest& request) {
  const auto home = read_home(request);
  if (!home) return refuse(home.error());
  auto input = read_new_token(request.body, !*home, context_.clock.wall());
  if (!input) return refuse(input.error());
  const auto others = context_.tokens.count(*home);
  if (!others) return refuse(problem_of(others.error()));
  if (*others >= kMostTokens) {
    return refuse(ProblemCode::kQuotaExceeded,
                  "there are 1,000 tokens in use; a program needs one");
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
  const auto token = find(request);
  if (!token) return refuse(token.error());
  const std::string tag = entity_tag(version_of(*token));
  if (auto same = not_modified(request, tag)) return std::move(*same);
  JsonWriter json;
  json.begin_object();
  write_token_members(json, *token);
  return ApiResponse{200, json.end_object().take(), {{"ETag", tag}}};
}

// The row stays for a while, to be looked at; this daemon knows the token no more at once.
Answer TokenHandlers::revoke(const ApiRequest& request) {
  const auto token = find(request);
  if (!token) return refuse(token.error());
  if (auto problem = stale(request, version_of(*token), "token")) {
    return refuse(std::move(*problem));
  }
  const auto revoked = context_.tokens.revoke(token->organization, token->id);
  if (!revoked) return refuse(problem_with_token(revoked.error()));
  authenticator_.forget(token->id);
  return ApiResponse{204, "", {}};
}

tl::expected<TokenRecord, Problem> TokenHandlers::find(const ApiRequest& request) {
  const auto home = read_home(request);
  if (!home) return refuse(home.error());
  const auto id = Uuid::parse(request.parts.at("id"));
  if (!id) return refuse(no_such_token());
  auto token = context_.tokens.find(*home, *id);
  if (!token) return refuse(problem_with_token(token.error()));
  return std::move(*token);
}

}  // namespace muster
