#include "aggregator/storage/server_repository.h"

#include <utility>

#include "aggregator/storage/group_sql.h"
#include "aggregator/storage/merge_patch.h"
#include "aggregator/storage/organization_record.h"
#include "aggregator/storage/server_columns.h"
#include "aggregator/storage/server_sql.h"
#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

constexpr int kLoadPage = 1'000;

// Null for none.
Result<Param> sealed(const SecretBox& secrets, const Secret& secret, const SecretPlace& place) {
  if (secret.empty()) return Param(nullptr);
  auto blob = secrets.seal(secret.reveal(), place);
  if (!blob) return fail(blob.error());
  return Param::bytes(*blob);
}

struct SealedSecrets {
  Param token;
  Param tls_key;
};

Result<SealedSecrets> sealed(const SecretBox& secrets, const Secret& token, const Secret& tls_key,
                             OrganizationKey organization, const Uuid& id) {
  const auto place = [&](std::string_view column) {
    return place_in_servers(column, organization, id);
  };
  auto sealed_token = sealed(secrets, token, place(kTokenColumn));
  if (!sealed_token) return fail(sealed_token.error());
  auto sealed_key = sealed(secrets, tls_key, place(kTlsKeyColumn));
  if (!sealed_key) return fail(sealed_key.error());
  return SealedSecrets{std::move(*sealed_token), std::move(*sealed_key)};
}

// What the caller can understand of a refused INSERT or UPDATE.
Error explained(const DbError& error, std::string_view name) {
  if (error.constraint == "managed_servers_org_id_name_key") {
    return {ErrorCode::kConflict, "name: a server " + std::string(name) + " is there already"};
  }
  if (error.constraint == "organizations_max_servers") {
    return {ErrorCode::kConflict, std::string(kServerQuota)};
  }
  return error;
}

std::string select_record() {
  return server_sql::select_records() + " WHERE s.org_id = $1 AND s.id = $2";
}

Result<ServerRecord> found(const Rows& rows) {
  if (rows.empty()) return fail(ErrorCode::kNotFound, "no such server");
  return server_sql::record_of(rows, 0);
}

Result<ServerRecord> find_in(Connection& connection, OrganizationKey organization, const Uuid& id) {
  auto rows = connection.exec(select_record(), {organization, id});
  if (!rows) return fail(rows.error());
  return found(*rows);
}

// The row's metadata. Locks the row, so that the version that was checked is the one that is
// changed.
Result<std::string> lock_row(Connection& connection, OrganizationKey organization, const Uuid& id,
                             std::optional<std::int64_t> expected_version) {
  auto rows = connection.exec_together({group_sql::sharing(organization),
                                        {"SELECT version, metadata "
                                         "FROM managed_servers WHERE org_id = $1 AND id = $2 "
                                         "FOR UPDATE",
                                         {organization, id}}});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such server");
  if (expected_version && rows->integer(0, 0) != *expected_version) {
    return fail(ErrorCode::kConflict, std::string(kVersionConflict));
  }
  return std::string(rows->text(0, 1));
}

Result<Param> patched_metadata(const ServerPatch& patch, const std::string& current) {
  if (!patch.metadata_patch_json) return Param(nullptr);
  auto merged = merge_patch(current, *patch.metadata_patch_json);
  if (!merged) return fail(merged.error());
  return Param(*merged);
}

Result<void> write_patch(Connection& connection, const ServerPatch& patch,
                         const std::string& metadata_json, OrganizationKey organization,
                         const Uuid& id, const SealedSecrets& secrets) {
  auto metadata = patched_metadata(patch, metadata_json);
  if (!metadata) return fail(metadata.error());
  std::optional<std::string> status;
  if (patch.status) status = to_string(*patch.status);
  const ClientCertificate client = patch.client_certificate.value_or(ClientCertificate());
  auto done = connection.exec(
      "UPDATE managed_servers SET name = coalesce($3, name), hostname = coalesce($4, hostname), "
      "api_url = coalesce($5, api_url), region = coalesce($6, region), "
      "environment = coalesce($7, environment), tags = coalesce($8::text[], tags), "
      "metadata = coalesce($9::jsonb, metadata), status = coalesce($10, status), "
      "api_token_sealed = CASE WHEN $11 THEN $12::bytea ELSE api_token_sealed END, "
      "previous_token_sealed = CASE WHEN $11 THEN NULL ELSE previous_token_sealed END, "
      "previous_token_until = CASE WHEN $11 THEN NULL ELSE previous_token_until END, "
      "tls_ca_pem = CASE WHEN $13 THEN nullif($14::text, '') ELSE tls_ca_pem END, "
      "tls_certificate_pem = "
      "CASE WHEN $15 THEN nullif($16::text, '') ELSE tls_certificate_pem END, "
      "tls_key_sealed = CASE WHEN $15 THEN $17::bytea ELSE tls_key_sealed END, "
      "version = version + 1, updated_at = now() WHERE org_id = $1 AND id = $2",
      {organization, id, patch.name, patch.hostname, patch.api_url, patch.region, patch.environment,
       patch.tags, *metadata, status, patch.api_token.has_value(), secrets.token,
       patch.tls_ca_pem.has_value(), patch.tls_ca_pem, patch.client_certificate.has_value(),
       client.pem, secrets.tls_key});
  if (!done) return fail(explained(done.error(), patch.name.value_or("")));
  if (!patch.groups) return {};
  auto grouped = group_sql::set_groups(connection, organization, id, *patch.groups);
  if (!grouped) return fail(grouped.error());
  return {};
}

}  // namespace

Result<ServerRecord> ServerRepository::insert(OrganizationKey organization,
                                              const NewServer& server) {
  const Uuid id = Uuid::random();
  auto secrets = sealed(secrets_, server.api_token, server.tls.key_pem, organization, id);
  if (!secrets) return fail(secrets.error());
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  auto made =
      (*transaction)
          ->exec(
              "INSERT INTO managed_servers (id, org_id, name, hostname, api_url, api_token_sealed, "
              "region, "
              "environment, tags, metadata, status, tls_ca_pem, tls_certificate_pem, "
              "tls_key_sealed) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12::text, ''), "
              "nullif($13::text, ''), $14)",
              {id, organization, server.name, server.hostname, server.api_url, secrets->token,
               server.region, server.environment, server.tags, server.metadata_json,
               to_string(server.status), server.tls.ca_pem, server.tls.certificate_pem,
               secrets->tls_key});
  if (!made) return fail(explained(made.error(), server.name));
  auto grouped = group_sql::set_groups(**transaction, organization, id, server.groups);
  if (!grouped) return fail(grouped.error());
  auto record = find_in(**transaction, organization, id);
  if (!record) return record;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return record;
}

Result<ServerRecord> ServerRepository::find(OrganizationKey organization, const Uuid& id) {
  auto rows =
      exec_as_tenant(pool_, organization, select_record(), {organization, id}, Planning::kOnce);
  if (!rows) return fail(rows.error());
  return found(*rows);
}

Result<std::vector<ServerRecord>> ServerRepository::list(OrganizationKey organization,
                                                         const ServerListing& listing) {
  Params params;
  std::string sql = server_sql::select_records();
  sql += server_sql::where(organization, listing.filter, params);
  sql += server_sql::page(listing, params);
  auto rows = exec_as_tenant(pool_, organization, std::move(sql), std::move(params));
  if (!rows) return fail(rows.error());
  std::vector<ServerRecord> servers;
  servers.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) servers.push_back(server_sql::record_of(*rows, i));
  return servers;
}

Result<std::int64_t> ServerRepository::count(OrganizationKey organization,
                                             const ServerFilter& filter) {
  Params params;
  const std::string where = server_sql::where(organization, filter, params);
  auto rows = exec_as_tenant(
      pool_, organization, "SELECT count(*) FROM managed_servers AS s" + where, std::move(params));
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

Result<ServerRecord> ServerRepository::update(OrganizationKey organization, const Uuid& id,
                                              const ServerPatch& patch,
                                              std::optional<std::int64_t> expected_version) {
  const Secret key = patch.client_certificate ? patch.client_certificate->key_pem : Secret();
  auto secrets = sealed(secrets_, patch.api_token.value_or(Secret()), key, organization, id);
  if (!secrets) return fail(secrets.error());
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  auto metadata = lock_row(**transaction, organization, id, expected_version);
  if (!metadata) return fail(metadata.error());
  auto written = write_patch(**transaction, patch, *metadata, organization, id, *secrets);
  if (!written) return fail(written.error());
  auto record = find_in(**transaction, organization, id);
  if (!record) return record;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return record;
}

Result<ServerRecord> ServerRepository::rotate_token(OrganizationKey organization, const Uuid& id,
                                                    const TokenRotation& rotation,
                                                    std::optional<std::int64_t> expected_version) {
  const auto current = read_token(organization, id, rotation.now);
  if (!current) return fail(current.error());
  if (expected_version && current->version != *expected_version) {
    return fail(ErrorCode::kConflict, std::string(kVersionConflict));
  }
  if (current->rotating) return fail(ErrorCode::kConflict, std::string(kRotationConflict));
  const auto place = [&](auto column) { return place_in_servers(column, organization, id); };
  const auto token = sealed(secrets_, rotation.token, place(kTokenColumn));
  if (!token) return fail(token.error());
  const auto previous = sealed(secrets_, current->token, place(kPreviousTokenColumn));
  if (!previous) return fail(previous.error());
  const bool kept = !current->token.empty() && rotation.until > rotation.now;
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  auto done =
      (*transaction)
          ->exec(
              "UPDATE managed_servers SET api_token_sealed = $4, previous_token_sealed = $5, "
              "previous_token_until = $6, version = version + 1, updated_at = now() "
              "WHERE org_id = $1 AND id = $2 AND version = $3",
              {organization, id, current->version, *token, kept ? *previous : Param(nullptr),
               kept ? Param(rotation.until) : Param(nullptr)});
  if (!done) return fail(done.error());
  if (done->affected() == 0) return fail(ErrorCode::kConflict, std::string(kVersionConflict));
  auto record = find_in(**transaction, organization, id);
  if (!record) return record;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return record;
}

Result<void> ServerRepository::remove(OrganizationKey organization, const Uuid& id,
                                      std::optional<std::int64_t> expected_version) {
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  auto locked = lock_row(**transaction, organization, id, expected_version);
  if (!locked) return fail(locked.error());
  auto gone =
      (*transaction)
          ->exec("DELETE FROM managed_servers WHERE org_id = $1 AND id = $2", {organization, id});
  if (!gone) return fail(gone.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return {};
}

Result<ServerRepository::CurrentToken> ServerRepository::read_token(OrganizationKey organization,
                                                                    const Uuid& id, WallTime now) {
  auto rows = exec_as_tenant(pool_, organization,
                             "SELECT version, api_token_sealed, "
                             "coalesce(previous_token_until > $3, false) FROM managed_servers "
                             "WHERE org_id = $1 AND id = $2",
                             {organization, id, now});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such server");
  CurrentToken current{rows->integer(0, 0), rows->boolean(0, 2), Secret()};
  if (rows->is_null(0, 1)) return current;
  auto token = secrets_.unseal(rows->bytes(0, 1), place_in_servers(kTokenColumn, organization, id));
  if (!token) return fail(token.error());
  current.token = std::move(*token);
  return current;
}

Result<Server> ServerRepository::load(OrganizationKey organization, const Uuid& id) {
  auto rows = exec_as_tenant(pool_, organization,
                             ServerReader::select() + " WHERE s.org_id = $1 AND s.id = $2",
                             {organization, id});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such server");
  return reader_.read(*rows, 0);
}

// Those that are there.
Result<std::vector<Server>> ServerRepository::load(OrganizationKey organization,
                                                   const std::vector<Uuid>& ids) {
  std::vector<std::string> wanted;
  wanted.reserve(ids.size());
  for (const Uuid& id : ids) wanted.push_back(id.to_string());
  auto rows =
      exec_as_tenant(pool_, organization,
                     ServerReader::select() + " WHERE s.org_id = $1 AND s.id = ANY ($2::uuid[])",
                     {organization, wanted});
  if (!rows) return fail(rows.error());
  std::vector<Server> servers;
  servers.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) servers.push_back(reader_.read(*rows, i));
  return servers;
}

Result<std::vector<Uuid>> ServerRepository::ids(OrganizationKey organization) {
  auto rows = exec_as_tenant(pool_, organization,
                             "SELECT id FROM managed_servers WHERE org_id = $1", {organization});
  if (!rows) return fail(rows.error());
  std::vector<Uuid> ids;
  ids.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) ids.push_back(rows->uuid(i, 0));
  return ids;
}

Result<void> ServerRepository::load_all(ConnectionPool& every_organization,
                                        const std::function<void(Server)>& visit) {
  ServerKey last = 0;
  while (true) {
    auto lease = every_organization.lease();
    if (!lease) return fail(lease.error());
    auto rows = (*lease)->exec(
        ServerReader::select() + " WHERE s.server_key > $1 ORDER BY s.server_key LIMIT $2",
        {last, kLoadPage});
    if (!rows) return fail(rows.error());
    for (int i = 0; i < rows->size(); ++i) {
      Server server = reader_.read(*rows, i);
      last = server.key;
      visit(std::move(server));
    }
    if (rows->size() < kLoadPage) return {};
  }
}

}  // namespace muster
