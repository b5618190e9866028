#include "aggregator/storage/postgres_batch_store.h"

#include <algorithm>

#include "aggregator/storage/health_check_copy.h"
#include "aggregator/storage/metrics_copy.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/state_changes.h"
#include "aggregator/storage/transaction.h"

namespace muster {
namespace {

constexpr std::string_view kCheckViolation = "23514";  // also: no partition for a row
constexpr const char* kOutsideReason = "outside of all partitions";

}  // namespace

DbResult<StoredBatch> PostgresBatchStore::store(const ResultBatch& batch) {
  if (auto ready = connect(); !ready) return fail(ready.error());
  // A time that we know no partition for may have got one since.
  const bool all_covered =
      std::ranges::all_of(batch.rows, [this](const ResultRow& row) { return covers(row.at); });
  if (!all_covered) {
    if (auto read = read_bounds(); !read) return fail(read.error());
  }
  if (auto learnt = probes_.learn(*connection_, batch.rows); !learnt) return fail(learnt.error());
  const Details details = details_of(batch);
  auto stored = store_once(batch, details);
  if (!stored && stored.error().sqlstate == kCheckViolation) {
    // Perhaps a partition has gone; if it was the data, the second attempt says so again.
    if (auto read = read_bounds(); !read) return fail(read.error());
    stored = store_once(batch, details);
  }
  return stored;
}

DbResult<void> PostgresBatchStore::quarantine(const ResultBatch& batch, const std::string& reason) {
  if (auto ready = connect(); !ready) return ready;
  if (auto learnt = probes_.learn(*connection_, batch.rows); !learnt) return learnt;
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto fresh = claim(batch.number);
  if (!fresh) return fail(fresh.error());
  if (!*fresh) return {};
  HealthCheckCopy checks({}, reason);
  MetricsCopy metrics({}, reason);
  for (const ResultRow& row : batch.rows) {
    checks.add(row, {probes_.id_of(row.probe->name), CheckDetail::of(*row.words).hash});
    metrics.add(row);
  }
  if (auto sent = checks.facts().send(*connection_); !sent) return sent;
  if (auto sent = metrics.facts().send(*connection_); !sent) return sent;
  return transaction->commit();
}

PostgresBatchStore::Details PostgresBatchStore::details_of(const ResultBatch& batch) {
  Details details;
  for (const ResultRow& row : batch.rows) {
    const auto [detail, fresh] = details.try_emplace({row.organization, row.words.get()});
    if (fresh) detail->second = CheckDetail::of(*row.words);
  }
  return details;
}

DbResult<void> PostgresBatchStore::connect() {
  if (connection_ && connection_->still_there()) return {};
  connection_.reset();
  auto opened = Connection::open(settings_);
  if (!opened) return fail(opened.error());
  connection_.emplace(std::move(*opened));
  return read_bounds();
}

DbResult<void> PostgresBatchStore::read_bounds() {
  auto checks = partition_bounds(*connection_, "server_health_checks");
  if (!checks) return fail(checks.error());
  auto metrics = partition_bounds(*connection_, "server_metrics_aggregated");
  if (!metrics) return fail(metrics.error());
  check_bounds_ = std::move(*checks);
  metrics_bounds_ = std::move(*metrics);
  return {};
}

DbResult<StoredBatch> PostgresBatchStore::store_once(const ResultBatch& batch,
                                                     const Details& details) {
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto fresh = claim(batch.number);
  if (!fresh) return fail(fresh.error());
  if (!*fresh) return StoredBatch{.checks = static_cast<std::int64_t>(batch.rows.size())};
  auto stored = copy_facts(batch, details);
  if (!stored) return stored;
  if (auto written = write_details(details); !written) return fail(written.error());
  auto changes = write_state_changes(*connection_, batch.rows);
  if (!changes) return fail(changes.error());
  stored->changes = *changes;
  const LastSeen::Sightings seen = sightings(batch);
  if (auto written = LastSeen::write(*connection_, seen); !written) return fail(written.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  remember(details);
  last_seen_.written(seen);
  return stored;
}

DbResult<bool> PostgresBatchStore::claim(std::int64_t number) {
  auto claimed = connection_->exec(
      "INSERT INTO result_batches AS b (writer, last_batch, stored_at) VALUES ($1, $2, now()) "
      "ON CONFLICT (writer) DO UPDATE SET last_batch = excluded.last_batch, stored_at = now() "
      "WHERE b.last_batch < excluded.last_batch",
      {writer_, number});
  if (!claimed) return fail(claimed.error());
  return claimed->affected() == 1;
}

DbResult<StoredBatch> PostgresBatchStore::copy_facts(const ResultBatch& batch,
                                                     const Details& details) {
  HealthCheckCopy checks(check_bounds_, kOutsideReason);
  MetricsCopy metrics(metrics_bounds_, kOutsideReason);
  for (const ResultRow& row : batch.rows) {
    const CheckDetail& detail = details.at({row.organization, row.words.get()});
    checks.add(row, {probes_.id_of(row.probe->name), detail.hash});
    metrics.add(row);
  }
  if (auto sent = checks.facts().send(*connection_); !sent) return fail(sent.error());
  if (auto sent = metrics.facts().send(*connection_); !sent) return fail(sent.error());
  return StoredBatch{.checks = checks.facts().kept(),
                     .metrics = metrics.facts().kept(),
                     .quarantined = checks.facts().refused()};
}

DbResult<void> PostgresBatchStore::write_details(const Details& details) {
  std::vector<std::int64_t> organizations, hashes;
  std::vector<std::string> messages, components;
  for (const auto& [key, detail] : details) {
    if (detail.hash == 0 || stored_details_.contains(key.first, detail.hash)) continue;
    organizations.push_back(key.first);
    hashes.push_back(detail.hash);
    messages.push_back(detail.message);
    components.push_back(detail.components_json);
  }
  if (hashes.empty()) return {};
  auto done = connection_->exec(
      "INSERT INTO check_details (org_id, detail_hash, message, components) "
      "SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::jsonb[]) "
      "ON CONFLICT DO NOTHING",
      {organizations, hashes, messages, components});
  if (!done) return fail(done.error());
  return {};
}

void PostgresBatchStore::remember(const Details& details) {
  for (const auto& [key, detail] : details) {
    if (detail.hash == 0 || stored_details_.contains(key.first, detail.hash)) continue;
    stored_details_.add(key.first, detail.hash);
  }
}

LastSeen::Sightings PostgresBatchStore::sightings(const ResultBatch& batch) const {
  std::vector<const ResultRow*> credible;  // a time in quarantine is no time to be seen at
  for (const ResultRow& row : batch.rows) {
    if (covers(row.at)) credible.push_back(&row);
  }
  return last_seen_.due(credible);
}

bool PostgresBatchStore::covers(WallTime time) const {
  return std::ranges::any_of(check_bounds_,
                             [&](const TimeRange& range) { return range.contains(time); });
}

}  // namespace muster
