#include "aggregator/storage/audit_repository.h"

#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

AuditRecord record_of(const Rows& rows, int row) {
  int column = 0;
  AuditRecord record;
  AuditEntry& entry = record.entry;
  record.id = rows.integer(row, column++);
  entry.at = rows.time(row, column++);
  entry.token = rows.uuid(row, column++);
  entry.token_name = rows.text(row, column++);
  entry.role = role_from(rows.text(row, column++)).value_or(Role::kViewer);
  entry.peer = rows.text(row, column++);
  entry.request_id = rows.text(row, column++);
  entry.method = rows.text(row, column++);
  entry.route = rows.text(row, column++);
  entry.path = rows.text(row, column++);
  entry.fields = rows.texts(row, column++);
  if (!rows.is_null(row, column)) record.status = static_cast<int>(rows.integer(row, column));
  ++column;
  if (!rows.is_null(row, column)) record.location = rows.text(row, column);
  return record;
}

}  // namespace

Result<std::int64_t> AuditRepository::begin(const AuditEntry& entry) {
  auto rows = exec_for(
      pool_, every_organization_, entry.organization,
      "INSERT INTO audit_log (at, org_id, token_id, token_name, role, peer, request_id, method, "
      "route, path, fields) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
      {entry.at, entry.organization, entry.token, entry.token_name, to_string(entry.role),
       entry.peer, entry.request_id, entry.method, entry.route, entry.path, entry.fields});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

Result<void> AuditRepository::complete(std::optional<OrganizationKey> organization, std::int64_t id,
                                       int status, const std::optional<std::string>& location) {
  auto done = exec_for(pool_, every_organization_, organization,
                       "UPDATE audit_log SET status = $3, location = $4 "
                       "WHERE org_id IS NOT DISTINCT FROM $1::int AND id = $2",
                       {organization, id, status, location});
  if (!done) return fail(done.error());
  return {};
}

Result<std::vector<AuditRecord>> AuditRepository::list(std::optional<OrganizationKey> organization,
                                                       const AuditListing& listing) {
  auto rows = exec_for(
      pool_, every_organization_, organization,
      "SELECT id, " + micros("at") +
          ", token_id, token_name, role, peer, request_id, method, route, path, fields, status, "
          "location FROM audit_log WHERE org_id IS NOT DISTINCT FROM $1::int "
          "AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3) "
          "AND ($4::uuid IS NULL OR token_id = $4) AND ($5::bigint IS NULL OR id < $5) "
          "ORDER BY id DESC LIMIT $6",
      {organization, listing.from, listing.to, listing.token, listing.before, listing.limit});
  if (!rows) return fail(rows.error());
  std::vector<AuditRecord> records;
  records.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    records.push_back(record_of(*rows, i));
    records.back().entry.organization = organization;
  }
  return records;
}

}  // namespace muster
