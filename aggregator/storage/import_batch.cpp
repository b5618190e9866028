#include "aggregator/storage/import_batch.h"

#include <cassert>
#include <string>

#include "aggregator/storage/group_sql.h"

namespace muster {
namespace {

using Kind = ImportOutcome::Kind;

DbError plain(const Error& error) {
  return {error, "", ""};
}

}  // namespace

ImportBatch::ImportBatch(Connection& connection, const SecretBox& secrets,
                         OrganizationKey organization, std::span<const NewServer> servers,
                         OnConflict on_conflict)
    : connection_(connection),
      secrets_(secrets),
      organization_(organization),
      servers_(servers),
      on_conflict_(on_conflict),
      outcomes_(servers.size()) {
  for (std::size_t i = 0; i < servers.size(); ++i) places_.emplace(servers[i].name, i);
  assert(places_.size() == servers.size());
}

// Looks before it inserts, because a refused row would use up a server_key, and again for those
// that came in between.
DbResult<ServerImport::Outcomes> ImportBatch::store(bool may_create) {
  const Statement sharing = group_sql::sharing(organization_);  // before any row is locked
  if (auto shared = connection_.exec(sharing.sql, sharing.params); !shared) {
    return fail(shared.error());
  }
  if (auto found = find_existing(); !found) return fail(found.error());
  if (!may_create) {
    judge_new(Kind::kQuotaExceeded);
  } else if (existing_.size() < servers_.size()) {
    if (auto inserted = insert_new(); !inserted) return fail(inserted.error());
  }
  judge_existing();
  if (on_conflict_ == OnConflict::kUpdate && !existing_.empty()) {
    if (auto updated = update_existing(); !updated) return fail(updated.error());
  }
  return outcomes_;
}

DbResult<ServerImport::Outcomes> ImportBatch::foresee() {
  if (auto found = find_existing(); !found) return fail(found.error());
  judge_new(Kind::kCreated);
  judge_existing();
  return outcomes_;
}

// In the order of keys, in which those who lock many servers do it, so that they wait for each
// other one way round only.
DbResult<void> ImportBatch::find_existing() {
  std::vector<std::string> names;
  names.reserve(places_.size());
  for (const auto& [name, place] : places_) names.emplace_back(name);
  auto rows = connection_.exec(
      "SELECT id, name FROM managed_servers WHERE org_id = $1 AND name = ANY ($2::text[]) "
      "ORDER BY server_key" +
          std::string(on_conflict_ == OnConflict::kUpdate ? " FOR UPDATE" : ""),
      {organization_, names});
  if (!rows) return fail(rows.error());
  for (int i = 0; i < rows->size(); ++i) {
    existing_.emplace(places_.at(rows->text(i, 1)), rows->uuid(i, 0));
  }
  return {};
}

DbResult<void> ImportBatch::insert_new() {
  ServerRows rows(secrets_, organization_);
  std::map<Uuid, std::size_t> fresh;
  for (const auto& [name, place] : places_) {
    if (existing_.contains(place)) continue;
    const Uuid id = fresh.emplace(Uuid::random(), place).first->first;
    if (auto added = rows.add(id, servers_[place]); !added) return fail(plain(added.error()));
  }
  auto made = connection_.exec(
      "INSERT INTO managed_servers (id, org_id, name, hostname, api_url, api_token_sealed, region, "
      "environment, tags, metadata, status, tls_ca_pem, tls_certificate_pem, tls_key_sealed) "
      "SELECT r.id, $1, r.name, r.hostname, r.api_url, nullif(r.token, ''), r.region, "
      "r.environment, r.tags::text[], r.metadata::jsonb, r.status, nullif(r.authority, ''), "
      "nullif(r.certificate, ''), nullif(r.key, '') FROM " +
          ServerRows::source() + " ON CONFLICT (org_id, name) DO NOTHING RETURNING id",
      rows.params());
  if (!made) return fail(made.error());
  return note_new(fresh, *made);
}

DbResult<void> ImportBatch::note_new(const std::map<Uuid, std::size_t>& fresh, const Rows& made) {
  std::vector<std::size_t> places;
  for (int i = 0; i < made.size(); ++i) {
    const Uuid id = made.uuid(i, 0);
    places.push_back(fresh.at(id));
    outcomes_[places.back()] = {Kind::kCreated, id};
  }
  if (places.size() < fresh.size()) {
    if (auto found = find_existing(); !found) return found;
    for (const std::size_t place : places) existing_.erase(place);
  }
  return join_groups(places);
}

void ImportBatch::judge_new(Kind kind) {
  for (std::size_t place = 0; place < outcomes_.size(); ++place) {
    if (!existing_.contains(place)) outcomes_[place].kind = kind;
  }
}

void ImportBatch::judge_existing() {
  for (const auto& [place, id] : existing_) {
    switch (on_conflict_) {
      case OnConflict::kRefuse:
        outcomes_[place] = {Kind::kNameTaken, std::nullopt};
        break;
      case OnConflict::kSkip:
        outcomes_[place] = {Kind::kSkipped, id};
        break;
      case OnConflict::kUpdate:
        outcomes_[place] = {Kind::kUpdated, id};
        break;
    }
  }
}

DbResult<void> ImportBatch::update_existing() {
  ServerRows rows(secrets_, organization_);
  std::vector<std::size_t> places;
  for (const auto& [place, id] : existing_) {
    places.push_back(place);
    if (auto added = rows.add(id, servers_[place]); !added) return fail(plain(added.error()));
  }
  auto done = connection_.exec(
      "UPDATE managed_servers AS s SET hostname = r.hostname, api_url = r.api_url, "
      "region = r.region, environment = r.environment, tags = r.tags::text[], "
      "metadata = r.metadata::jsonb, status = r.status, "
      "api_token_sealed = CASE WHEN r.token = '' THEN s.api_token_sealed ELSE r.token END, "
      "previous_token_sealed = CASE WHEN r.token = '' THEN s.previous_token_sealed END, "
      "previous_token_until = CASE WHEN r.token = '' THEN s.previous_token_until END, "
      "tls_ca_pem = coalesce(nullif(r.authority, ''), s.tls_ca_pem), "
      "tls_certificate_pem = coalesce(nullif(r.certificate, ''), s.tls_certificate_pem), "
      "tls_key_sealed = CASE WHEN r.certificate = '' THEN s.tls_key_sealed "
      "ELSE nullif(r.key, '') END, "
      "version = s.version + 1, updated_at = now() FROM " +
          ServerRows::source() + " WHERE s.org_id = $1 AND s.id = r.id",
      rows.params());
  if (!done) return fail(done.error());
  return join_groups(places);
}

// Servers that name no groups keep those that they have.
DbResult<void> ImportBatch::join_groups(const std::vector<std::size_t>& places) {
  std::vector<group_sql::ServerGroups> wanted;
  for (const std::size_t place : places) {
    if (servers_[place].groups.empty() || !outcomes_[place].id) continue;
    wanted.push_back({*outcomes_[place].id, servers_[place].groups});
  }
  if (wanted.empty()) return {};
  return group_sql::set_groups(connection_, organization_, wanted);
}

}  // namespace muster
