#include "aggregator/storage/postgres_batch_store.h"

#include <algorithm>
#include <tuple>

#include "aggregator/storage/custom_metrics_copy.h"
#include "aggregator/storage/dirty_ranges.h"
#include "aggregator/storage/health_check_copy.h"
#include "aggregator/storage/metrics_copy.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/quarantine_drain.h"
#include "aggregator/storage/state_changes.h"
#include "aggregator/storage/transaction.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kCheckViolation = "23514";  // also: no partition for a row

// What is not stored in this time is offered again on a new connection: nothing is lost by it.
constexpr auto kStatementTimeout = 8s;
constexpr auto kDeadline = 10s;

ConnectionSettings patient(ConnectionSettings settings) {
  settings.statement_timeout = kStatementTimeout;
  settings.deadline = kDeadline;
  return settings;
}

StoreFailure failure_of(const DbError& error) {
  return {{error.code, error.message}, error.is_data_error(), error.sqlstate};
}

DbResult<std::int64_t> position_of(Connection& connection, const Uuid& segment) {
  auto rows =
      connection.exec("SELECT stored_upto FROM spool_segments WHERE segment = $1", {segment});
  if (!rows) return fail(rows.error());
  return rows->empty() ? 0 : rows->integer(0, 0);
}

// As the index has them: neighbours in it come one after the other. Measured with 10,000 servers,
// that saves a tenth of PostgreSQL's time; a batch spans so little time that it stays on one
// partition.
std::vector<const ResultRow*> in_order_of_index(const ResultBatch& batch) {
  std::vector<const ResultRow*> rows;
  rows.reserve(batch.rows.size());
  for (const ResultRow& row : batch.rows) rows.push_back(&row);
  std::ranges::sort(rows, {},
                    [](const ResultRow* row) { return std::tuple(row->server, row->at); });
  return rows;
}

}  // namespace

PostgresBatchStore::PostgresBatchStore(ConnectionSettings settings, std::size_t series_per_server)
    : settings_(patient(std::move(settings))), series_(series_per_server) {}

StoreResult<StoredBatch> PostgresBatchStore::store(const ResultBatch& batch) {
  return store_with_bounds(batch).map_error(failure_of);
}

StoreResult<void> PostgresBatchStore::quarantine(const ResultBatch& batch,
                                                 const std::string& reason) {
  return store_aside(batch, reason).map_error(failure_of);
}

StoreResult<std::int64_t> PostgresBatchStore::stored_upto(const Uuid& segment) {
  return connect()
      .and_then([&] { return position_of(*connection_, segment); })
      .map_error(failure_of);
}

StoreResult<void> PostgresBatchStore::forget(const Uuid& segment) {
  return connect()
      .and_then([&] {
        return connection_->exec("DELETE FROM spool_segments WHERE segment = $1", {segment});
      })
      .map([](const Rows&) {})
      .map_error(failure_of);
}

DbResult<StoredBatch> PostgresBatchStore::store_with_bounds(const ResultBatch& batch) {
  if (auto ready = connect(); !ready) return fail(ready.error());
  // A time that we know no partition for may have got one since.
  const bool all_covered =
      std::ranges::all_of(batch.rows, [this](const ResultRow& row) { return covers(row.at); });
  if (!all_covered) {
    if (auto read = read_bounds(); !read) return fail(read.error());
  }
  if (auto learnt = probes_.learn(*connection_, batch.rows); !learnt) return fail(learnt.error());
  const auto custom = series_.learn(*connection_, batch.rows);
  if (!custom) return fail(custom.error());
  const Details details = details_of(batch);
  auto stored = store_once(batch, details, *custom);
  if (!stored && stored.error().sqlstate == kCheckViolation) {
    // Perhaps a partition has gone; if it was the data, the second attempt says so again.
    if (auto read = read_bounds(); !read) return fail(read.error());
    stored = store_once(batch, details, *custom);
  }
  return stored;
}

DbResult<void> PostgresBatchStore::store_aside(const ResultBatch& batch,
                                               const std::string& reason) {
  if (auto ready = connect(); !ready) return ready;
  if (auto learnt = probes_.learn(*connection_, batch.rows); !learnt) return learnt;
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto stored_before = claim(batch);
  if (!stored_before) return fail(stored_before.error());
  if (*stored_before) return {};
  HealthCheckCopy checks({}, reason);
  MetricsCopy metrics({}, reason);
  for (const ResultRow& row : batch.rows) {
    checks.add(row, {probes_.id_of(*row.probe), CheckDetail::of(*row.words).hash});
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
  auto custom = partition_bounds(*connection_, "custom_metrics");
  if (!custom) return fail(custom.error());
  check_bounds_ = std::move(*checks);
  metrics_bounds_ = std::move(*metrics);
  custom_bounds_ = std::move(*custom);
  return {};
}

DbResult<StoredBatch> PostgresBatchStore::store_once(const ResultBatch& batch,
                                                     const Details& details,
                                                     const SeriesDictionary::Learnt& custom) {
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto stored_before = claim(batch);
  if (!stored_before) return fail(stored_before.error());
  if (*stored_before) return StoredBatch{.upto = **stored_before};
  auto stored = copy_facts(batch, details);
  if (!stored) return stored;
  if (auto copied = copy_custom(custom, *stored); !copied) return fail(copied.error());
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

// The row is locked until the commit, so that a daemon that was killed and whose last transaction
// is still under way is waited for.
DbResult<std::optional<std::int64_t>> PostgresBatchStore::claim(const ResultBatch& batch) {
  auto claimed = connection_->exec(
      "INSERT INTO spool_segments AS s (segment, stored_upto) VALUES ($1, $3) "
      "ON CONFLICT (segment) DO UPDATE SET stored_upto = excluded.stored_upto, stored_at = now() "
      "WHERE s.stored_upto <= $2",
      {batch.segment, batch.from, batch.to()});
  if (!claimed) return fail(claimed.error());
  if (claimed->affected() == 1) return std::nullopt;
  return position_of(*connection_, batch.segment);
}

DbResult<StoredBatch> PostgresBatchStore::copy_facts(const ResultBatch& batch,
                                                     const Details& details) {
  HealthCheckCopy checks(check_bounds_, std::string(kOutsidePartitions));
  MetricsCopy metrics(metrics_bounds_, std::string(kOutsidePartitions));
  for (const ResultRow* row : in_order_of_index(batch)) {
    const CheckDetail& detail = details.at({row->organization, row->words.get()});
    checks.add(*row, {probes_.id_of(*row->probe), detail.hash});
    metrics.add(*row);
  }
  if (auto sent = checks.facts().send(*connection_); !sent) return fail(sent.error());
  if (auto sent = metrics.facts().send(*connection_); !sent) return fail(sent.error());
  DirtyRanges touched;
  for (const ResultRow& row : batch.rows) touched.touch(row.at);
  if (auto noted = touched.note(*connection_); !noted) return fail(noted.error());
  return StoredBatch{.checks = checks.facts().kept(),
                     .metrics = metrics.facts().kept(),
                     .quarantined = checks.facts().refused(),
                     .upto = batch.to()};
}

DbResult<void> PostgresBatchStore::copy_custom(const SeriesDictionary::Learnt& custom,
                                               StoredBatch& stored) {
  stored.series_refused = custom.refused;
  if (custom.readings.empty()) return {};
  CustomMetricsCopy copy(custom_bounds_, std::string(kOutsidePartitions));
  for (const auto& reading : custom.readings) copy.add(reading);
  stored.custom_metrics = copy.facts().kept();
  return copy.facts().send(*connection_);
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
      "INSERT INTO check_details AS d (org_id, detail_hash, message, components) "
      "SELECT DISTINCT ON (o, h) * "
      "FROM unnest($1::int[], $2::bigint[], $3::text[], $4::jsonb[]) AS said (o, h, m, c) "
      "ORDER BY o, h ON CONFLICT (org_id, detail_hash) "
      "DO UPDATE SET seen_on = CURRENT_DATE WHERE d.seen_on < CURRENT_DATE",
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
