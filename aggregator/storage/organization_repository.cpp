#include "aggregator/storage/organization_repository.h"

namespace muster {
namespace {

const std::string& columns() {
  static const std::string kColumns =
      "org_id, id, name, max_servers, max_checks_per_second, max_requests_per_minute, version, " +
      micros("created_at");
  return kColumns;
}

std::optional<int> optional_integer(const Rows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return static_cast<int>(rows.integer(row, column));
}

OrganizationRecord organization_of(const Rows& rows, int row) {
  OrganizationRecord organization;
  organization.key = static_cast<OrganizationKey>(rows.integer(row, 0));
  organization.id = rows.uuid(row, 1);
  organization.name = rows.text(row, 2);
  organization.quotas = {optional_integer(rows, row, 3), optional_integer(rows, row, 4),
                         optional_integer(rows, row, 5)};
  organization.version = rows.integer(row, 6);
  organization.created_at = rows.time(row, 7);
  return organization;
}

}  // namespace

Result<OrganizationRecord> OrganizationRepository::ensure(const std::string& name) {
  auto found = find(name);
  if (found || found.error().code != ErrorCode::kNotFound) return found;
  auto made =
      exec("INSERT INTO organizations (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", {name});
  if (!made) return fail(made.error());
  return find(name);
}

Result<OrganizationRecord> OrganizationRepository::create(const std::string& name,
                                                          const Quotas& quotas) {
  auto rows = exec(
      "INSERT INTO organizations (name, max_servers, max_checks_per_second, "
      "max_requests_per_minute) VALUES ($1, $2, $3, $4) RETURNING " +
          columns(),
      {name, quotas.servers, quotas.checks_per_second, quotas.requests_per_minute});
  if (!rows) return fail(rows.error());
  return organization_of(*rows, 0);
}

Result<OrganizationRecord> OrganizationRepository::update(const OrganizationRecord& changed) {
  const Quotas& quotas = changed.quotas;
  auto rows = exec(
      "UPDATE organizations SET name = $3, max_servers = $4, max_checks_per_second = $5, "
      "max_requests_per_minute = $6, version = version + 1, updated_at = now() "
      "WHERE org_id = $1 AND version = $2 RETURNING " +
          columns(),
      {changed.key, changed.version, changed.name, quotas.servers, quotas.checks_per_second,
       quotas.requests_per_minute});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kConflict, std::string(kOrganizationChanged));
  return organization_of(*rows, 0);
}

Result<OrganizationRecord> OrganizationRepository::find(const std::string& name) {
  return find_where("name = $1", name);
}

Result<OrganizationRecord> OrganizationRepository::find(const Uuid& id) {
  return find_where("id = $1", id);
}

Result<OrganizationRecord> OrganizationRepository::find(OrganizationKey key) {
  return find_where("org_id = $1", key);
}

Result<std::vector<OrganizationRecord>> OrganizationRepository::list() {
  auto rows = exec("SELECT " + columns() + " FROM organizations ORDER BY name", {});
  if (!rows) return fail(rows.error());
  std::vector<OrganizationRecord> organizations;
  organizations.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) organizations.push_back(organization_of(*rows, i));
  return organizations;
}

Result<OrganizationRecord> OrganizationRepository::find_where(const std::string& condition,
                                                              Param value) {
  auto rows =
      exec("SELECT " + columns() + " FROM organizations WHERE " + condition, {std::move(value)});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such organization");
  return organization_of(*rows, 0);
}

Result<Rows> OrganizationRepository::exec(const std::string& sql, const Params& params) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec(sql, params);
  if (!rows) return fail(rows.error());
  return std::move(*rows);
}

}  // namespace muster
