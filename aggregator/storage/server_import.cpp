#include "aggregator/storage/server_import.h"

#include <algorithm>

#include "aggregator/storage/import_batch.h"
#include "aggregator/storage/organization_record.h"
#include "aggregator/storage/tenant.h"
#include "common/base/log.h"

namespace muster {
namespace {

constexpr std::size_t kRowsAStatement = 500;
constexpr std::size_t kWorthStatistics = 100;  // fewer change no plan

bool is_quota(const DbError& error) {
  return error.constraint == "organizations_max_servers";
}

Result<ServerImport::Outcomes> refused_all(const DbError& error) {
  if (is_quota(error)) return fail(ErrorCode::kConflict, std::string(kServerQuota));
  return fail(Error(error));
}

}  // namespace

// Those of the servers that are tried together.
struct ServerImport::Attempt {
  OrganizationKey organization = 0;
  std::span<const NewServer> servers;
  OnConflict on_conflict = OnConflict::kRefuse;
  std::span<ImportOutcome> outcomes;

  Attempt part(std::size_t from, std::size_t count) const {
    return {organization, servers.subspan(from, count), on_conflict, outcomes.subspan(from, count)};
  }
};

struct ServerImport::Progress {
  bool quota_is_left = true;
  bool any_stored = false;
  std::optional<Error> failure;  // of the database; then nothing more is tried
};

Result<ServerImport::Outcomes> ServerImport::store(OrganizationKey organization,
                                                   std::span<const NewServer> servers,
                                                   OnConflict on_conflict) {
  Outcomes outcomes(servers.size());
  Progress progress;
  const Attempt all{organization, servers, on_conflict, outcomes};
  for (std::size_t i = 0; i < servers.size() && !progress.failure; i += kRowsAStatement) {
    store_part(all.part(i, std::min(kRowsAStatement, servers.size() - i)), progress);
  }
  if (progress.failure && !progress.any_stored) return fail(*progress.failure);
  if (progress.any_stored) tell_planner(servers.size());
  return outcomes;
}

// What the database refuses may be the fault of one, so the halves are tried alone.
void ServerImport::store_part(const Attempt& attempt, Progress& progress) {
  if (progress.failure) return;
  const auto stored = try_once(attempt, progress.quota_is_left);
  if (stored) {
    std::ranges::copy(*stored, attempt.outcomes.begin());
    progress.any_stored = true;
    return;
  }
  const bool quota = is_quota(stored.error());
  const std::size_t count = attempt.servers.size();
  if (!quota && !stored.error().is_data_error()) {
    progress.failure = stored.error();
  } else if (count > 1) {
    store_part(attempt.part(0, count / 2), progress);
    store_part(attempt.part(count / 2, count - count / 2), progress);
  } else {
    using Kind = ImportOutcome::Kind;
    attempt.outcomes[0] = {quota ? Kind::kQuotaExceeded : Kind::kRefused, std::nullopt};
    if (quota) progress.quota_is_left = false;
  }
}

DbResult<ServerImport::Outcomes> ServerImport::try_once(const Attempt& attempt, bool may_create) {
  auto transaction = TenantTransaction::begin(pool_, attempt.organization);
  if (!transaction) return fail(DbError{transaction.error(), "", ""});
  auto stored = ImportBatch(**transaction, secrets_, attempt.organization, attempt.servers,
                            attempt.on_conflict)
                    .store(may_create);
  if (!stored) return stored;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return stored;
}

Result<ServerImport::Outcomes> ServerImport::store_all(OrganizationKey organization,
                                                       std::span<const NewServer> servers,
                                                       OnConflict on_conflict) {
  auto transaction = TenantTransaction::begin(pool_, organization);
  if (!transaction) return fail(transaction.error());
  Outcomes outcomes;
  for (std::size_t i = 0; i < servers.size(); i += kRowsAStatement) {
    const auto some = servers.subspan(i, std::min(kRowsAStatement, servers.size() - i));
    auto stored = ImportBatch(**transaction, secrets_, organization, some, on_conflict).store(true);
    if (!stored) return refused_all(stored.error());
    outcomes.insert(outcomes.end(), stored->begin(), stored->end());
  }
  if (std::ranges::any_of(outcomes, &ImportOutcome::is_failure)) return outcomes;
  if (auto committed = transaction->commit(); !committed) return fail(Error(committed.error()));
  tell_planner(servers.size());
  return outcomes;
}

// The servers are there, with or without it: then autovacuum does it later.
void ServerImport::tell_planner(std::size_t stored) {
  if (stored < kWorthStatistics) return;
  auto lease = pool_.lease();
  if (!lease) return;
  if (auto done = (*lease)->exec("SELECT muster_analyze_fleet()"); !done) {
    log::debug("storage.statistics_late", {{"error", done.error().message}});
  }
}

Result<ServerImport::Outcomes> ServerImport::foresee(OrganizationKey organization,
                                                     std::span<const NewServer> servers,
                                                     OnConflict on_conflict) {
  return read_as_tenant(pool_, organization, [&](Connection& connection) {
    return ImportBatch(connection, secrets_, organization, servers, on_conflict).foresee();
  });
}

}  // namespace muster
