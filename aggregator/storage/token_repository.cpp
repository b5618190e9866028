#include "aggregator/storage/token_repository.h"

#include <algorithm>

#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

const std::string& columns() {
  static const std::string kColumns = "id, org_id, role, name, prefix, " + micros("expires_at") +
                                      ", " + micros("last_used_at") + ", " + micros("revoked_at") +
                                      ", " + micros("created_at");
  return kColumns;
}

std::string usable(const std::string& now) {
  return "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > " + now + ")";
}

TokenRecord token_of(const Rows& rows, int row) {
  TokenRecord token;
  token.id = rows.uuid(row, 0);
  if (!rows.is_null(row, 1)) {
    token.organization = static_cast<OrganizationKey>(rows.integer(row, 1));
  }
  token.role = role_from(rows.text(row, 2)).value_or(Role::kViewer);
  token.name = rows.text(row, 3);
  token.prefix = rows.text(row, 4);
  token.expires_at = rows.optional_time(row, 5);
  token.last_used_at = rows.optional_time(row, 6);
  token.revoked_at = rows.optional_time(row, 7);
  token.created_at = rows.time(row, 8);
  return token;
}

}  // namespace

Result<TokenRecord> TokenRepository::create(const NewToken& token) {
  auto rows = exec_for(
      token.organization,
      "INSERT INTO api_tokens (org_id, role, name, sha256, prefix, expires_at, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING " +
          columns(),
      {token.organization, to_string(token.role), token.name, Param::bytes(token.sha256),
       token.prefix, token.expires_at, clock_.wall()});
  if (!rows) return fail(rows.error());
  return token_of(*rows, 0);
}

Result<TokenRecord> TokenRepository::find_by_sha256(std::string_view sha256) {
  auto rows = exec("SELECT " + columns() + " FROM api_tokens WHERE sha256 = $1 AND " + usable("$2"),
                   {Param::bytes(sha256), clock_.wall()});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such token");
  return token_of(*rows, 0);
}

Result<TokenRecord> TokenRepository::find_by_session(std::string_view sha256) {
  auto rows = exec(
      "SELECT " + columns() + ", " + micros("s.until") +
          " FROM api_tokens JOIN (SELECT token_id AS id, expires_at AS until FROM api_sessions "
          "WHERE sha256 = $1) AS s USING (id) WHERE revoked_at IS NULL "
          "AND least(expires_at, s.until) > $2",
      {Param::bytes(sha256), clock_.wall()});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such session");
  TokenRecord token = token_of(*rows, 0);
  token.expires_at = std::min(token.expires_at.value_or(WallTime::max()), rows->time(0, 9));
  return token;
}

Result<TokenRecord> TokenRepository::find(std::optional<OrganizationKey> organization,
                                          const Uuid& id) {
  auto rows = exec_for(organization,
                       "SELECT " + columns() +
                           " FROM api_tokens WHERE org_id IS NOT DISTINCT FROM $1::int AND id = $2",
                       {organization, id});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such token");
  return token_of(*rows, 0);
}

Result<std::vector<TokenRecord>> TokenRepository::list(std::optional<OrganizationKey> organization,
                                                       const TokenListing& listing) {
  const auto place = listing.after.value_or(TokenListing::Place{});
  auto rows = exec_for(
      organization,
      "SELECT " + columns() +
          " FROM api_tokens WHERE org_id IS NOT DISTINCT FROM $1::int "
          "AND (NOT $2::boolean OR (created_at, id) > ($3::timestamptz, $4::uuid)) "
          "ORDER BY created_at, id LIMIT $5",
      {organization, listing.after.has_value(), place.created_at, place.id, listing.limit});
  if (!rows) return fail(rows.error());
  std::vector<TokenRecord> tokens;
  tokens.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) tokens.push_back(token_of(*rows, i));
  return tokens;
}

Result<void> TokenRepository::revoke(std::optional<OrganizationKey> organization, const Uuid& id) {
  // Revoking twice keeps the first time.
  auto done = exec_for(organization,
                       "UPDATE api_tokens SET revoked_at = coalesce(revoked_at, $3) "
                       "WHERE org_id IS NOT DISTINCT FROM $1::int AND id = $2",
                       {organization, id, clock_.wall()});
  if (!done) return fail(done.error());
  if (done->affected() == 0) return fail(ErrorCode::kNotFound, "no such token");
  return {};
}

Result<void> TokenRepository::touch(const Uuid& id) {
  auto done = exec(
      "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 "
      "AND (last_used_at IS NULL OR last_used_at <= $2::timestamptz - interval '1 minute')",
      {id, clock_.wall()});
  if (!done) return fail(done.error());
  return {};
}

Result<std::int64_t> TokenRepository::count() {
  auto rows = exec("SELECT count(*) FROM api_tokens WHERE " + usable("$1"), {clock_.wall()});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

Result<std::int64_t> TokenRepository::count(std::optional<OrganizationKey> organization) {
  auto rows = exec_for(organization,
                       "SELECT count(*) FROM api_tokens "
                       "WHERE org_id IS NOT DISTINCT FROM $1::int AND " +
                           usable("$2"),
                       {organization, clock_.wall()});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

Result<void> TokenRepository::remove_ended(WallTime before) {
  auto done = exec("DELETE FROM api_tokens WHERE least(revoked_at, expires_at) < $1", {before});
  if (!done) return fail(done.error());
  return {};
}

Result<Rows> TokenRepository::exec(std::string sql, Params params) {
  return exec_for(std::nullopt, std::move(sql), std::move(params));
}

Result<Rows> TokenRepository::exec_for(std::optional<OrganizationKey> organization, std::string sql,
                                       Params params) {
  return muster::exec_for(pool_, every_organization_, organization, std::move(sql),
                          std::move(params));
}

}  // namespace muster
