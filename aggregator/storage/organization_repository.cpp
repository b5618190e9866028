#include "aggregator/storage/organization_repository.h"

namespace muster {
namespace {

constexpr const char* kSelect = "SELECT org_id, id, name FROM organizations";

OrganizationRecord organization_of(const Rows& rows, int row) {
  return {static_cast<OrganizationKey>(rows.integer(row, 0)), rows.uuid(row, 1),
          std::string(rows.text(row, 2))};
}

}  // namespace

Result<OrganizationRecord> OrganizationRepository::ensure(const std::string& name) {
  auto found = find(name);
  if (found || found.error().code != ErrorCode::kNotFound) return found;
  {
    auto lease = pool_.lease();
    if (!lease) return fail(lease.error());
    auto made = (*lease)->exec(
        "INSERT INTO organizations (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", {name});
    if (!made) return fail(made.error());
  }
  return find(name);
}

Result<OrganizationRecord> OrganizationRepository::find(const std::string& name) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec(std::string(kSelect) + " WHERE name = $1", {name});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such organization");
  return organization_of(*rows, 0);
}

Result<std::vector<OrganizationRecord>> OrganizationRepository::list() {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec(std::string(kSelect) + " ORDER BY org_id");
  if (!rows) return fail(rows.error());
  std::vector<OrganizationRecord> organizations;
  organizations.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) organizations.push_back(organization_of(*rows, i));
  return organizations;
}

}  // namespace muster
