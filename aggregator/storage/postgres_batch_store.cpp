#include "aggregator/storage/postgres_batch_store.h"

#include <utility>

#include "aggregator/storage/custom_metrics_copy.h"
#include "aggregator/storage/dirty_ranges.h"
#include "aggregator/storage/health_check_copy.h"
#include "aggregator/storage/metrics_copy.h"
#include "aggregator/storage/quarantine_drain.h"
#include "aggregator/storage/state_changes.h"
#include "aggregator/storage/transaction.h"
#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kCheckViolation = "23514";  // also: no partition for a row

// What is not stored in this time is offered again, in smaller pieces: nothing is lost by it, and a
// server that hangs is noticed.
constexpr auto kStatementTimeout = 3s;
constexpr auto kLockTimeout = 2s;  // waiting for a lock is not being slow
constexpr auto kDeadline = 3'500ms;

// Segments end and go: a row of so long ago is of one whose end the database never heard of.
constexpr const char* kForget =
    "DELETE FROM spool_segments WHERE segment = $1 OR stored_at < now() - interval '1 year'";

ConnectionSettings quick(ConnectionSettings settings, const std::atomic<bool>& give_up) {
  settings.statement_timeout = kStatementTimeout;
  settings.lock_timeout = kLockTimeout;
  settings.deadline = kDeadline;
  settings.give_up = &give_up;
  return settings;
}

// What comes with a refused row is stored all the same, unless it is what was refused.
template <typename Write>
DbResult<void> unless_refused(Connection& connection, const char* part, Write write) {
  if (auto set = connection.exec("SAVEPOINT part"); !set) return fail(set.error());
  const DbResult<void> written = write();
  if (written || !written.error().is_data_error()) return written;
  log::error(
      "storage.part_refused",
      {{"part", part}, {"sqlstate", written.error().sqlstate}, {"error", written.error().message}});
  return connection.exec("ROLLBACK TO SAVEPOINT part").map([](const Rows&) {});
}

// Last before the commit, because the roller waits for whoever has done so. How many rows are late.
DbResult<std::int64_t> note_dirty_ranges(Connection& connection, const ResultBatch& batch,
                                         const FactBounds& bounds) {
  DirtyRanges touched;
  for (const ResultRow& row : batch.rows) touched.touch(row.at, bounds.takes_check_at(row.at));
  return touched.note(connection);
}

DbResult<std::int64_t> position_of(Connection& connection, const Uuid& segment) {
  auto rows =
      connection.exec("SELECT stored_upto FROM spool_segments WHERE segment = $1", {segment});
  if (!rows) return fail(rows.error());
  return rows->empty() ? 0 : rows->integer(0, 0);
}

// Most rows have no words, so few of them are looked up.
std::int64_t hash_of(const ResultRow& row, const PostgresBatchStore::Details& details) {
  return row.words->empty() ? 0 : details.at({row.organization, row.words.get()}).hash;
}

}  // namespace

PostgresBatchStore::PostgresBatchStore(ConnectionSettings settings, std::size_t series_per_server)
    : settings_(quick(std::move(settings), give_up_)), series_(series_per_server) {}

StoreResult<StoredBatch> PostgresBatchStore::store(const ResultBatch& batch) {
  return store_with_bounds(batch).map_error(told());
}

StoreResult<StoredBatch> PostgresBatchStore::quarantine(const ResultBatch& batch,
                                                        const std::string& reason) {
  return store_aside(batch, reason).map_error(told());
}

StoreResult<std::int64_t> PostgresBatchStore::stored_upto(const Uuid& segment) {
  return connect().and_then([&] { return position_of(*connection_, segment); }).map_error(told());
}

StoreResult<void> PostgresBatchStore::forget(const Uuid& segment) {
  return connect()
      .and_then([&] { return connection_->exec(kForget, {segment}); })
      .map([](const Rows&) {})
      .map_error(told());
}

DbResult<StoredBatch> PostgresBatchStore::store_with_bounds(const ResultBatch& batch) {
  if (auto ready = connect(); !ready) return fail(ready.error());
  if (auto read = bounds_.read_for(*connection_, batch.rows); !read) return fail(read.error());
  if (auto learnt = probes_.learn(*connection_, batch.rows); !learnt) return fail(learnt.error());
  auto custom = series_.learn(*connection_, batch.rows);
  if (!custom) return fail(custom.error());
  const Prepared prepared{batch, in_index_order(batch.rows), details_of(batch), std::move(*custom)};
  auto stored = store_once(prepared);
  if (!stored && stored.error().sqlstate == kCheckViolation) {
    // Perhaps a partition has gone; if it was the data, the second attempt says so again.
    if (auto read = bounds_.read(*connection_); !read) return fail(read.error());
    stored = store_once(prepared);
  }
  return stored;
}

DbResult<StoredBatch> PostgresBatchStore::store_aside(const ResultBatch& batch,
                                                      const std::string& reason) {
  if (auto ready = connect(); !ready) return fail(ready.error());
  if (auto learnt = probes_.learn(*connection_, batch.rows); !learnt) return fail(learnt.error());
  auto custom = series_.learn(*connection_, batch.rows);
  if (!custom && !custom.error().is_data_error()) return fail(custom.error());
  const Prepared prepared{batch, in_index_order(batch.rows), details_of(batch),
                          std::move(custom).value_or(SeriesDictionary::Learnt{})};
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto stored_before = claim(batch);
  if (!stored_before) return fail(stored_before.error());
  if (*stored_before) return StoredBatch{.upto = **stored_before};
  auto stored = copy_facts(prepared, FactBounds(), reason);
  if (!stored) return stored;
  if (auto written = store_parts(prepared, *stored); !written) return fail(written.error());
  const auto late = note_dirty_ranges(*connection_, batch, FactBounds());
  if (!late) return fail(late.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return stored;
}

// Somebody waits to hear of a change; the words and custom metrics are whole as well.
DbResult<void> PostgresBatchStore::store_parts(const Prepared& prepared, StoredBatch& stored) {
  Connection& connection = *connection_;
  return unless_refused(connection, "words", [&] { return write_details(prepared.details); })
      .and_then([&] {
        return unless_refused(connection, "custom_metrics",
                              [&] { return copy_custom(prepared.custom, stored); });
      })
      .and_then([&] {
        return unless_refused(connection, "change", [&] {
          return write_state_changes(connection, prepared.batch.rows)
              .map([&](std::int64_t changes) { stored.changes = changes; });
        });
      });
}

PostgresBatchStore::Details PostgresBatchStore::details_of(const ResultBatch& batch) {
  Details details;
  for (const ResultRow& row : batch.rows) {
    if (row.words->empty()) continue;
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
  return bounds_.read(*connection_);
}

DbResult<StoredBatch> PostgresBatchStore::store_once(const Prepared& prepared) {
  auto transaction = Transaction::begin(*connection_);
  if (!transaction) return fail(transaction.error());
  auto stored_before = claim(prepared.batch);
  if (!stored_before) return fail(stored_before.error());
  if (*stored_before) return StoredBatch{.upto = **stored_before};
  auto stored = copy_facts(prepared, bounds_, std::string(kOutsidePartitions));
  if (!stored) return stored;
  if (auto copied = copy_custom(prepared.custom, *stored); !copied) return fail(copied.error());
  if (auto written = write_details(prepared.details); !written) return fail(written.error());
  auto changes = write_state_changes(*connection_, prepared.batch.rows);
  if (!changes) return fail(changes.error());
  stored->changes = *changes;
  const LastSeen::Sightings seen = last_seen_.due(prepared.rows, bounds_);
  if (auto written = LastSeen::write(*connection_, seen); !written) return fail(written.error());
  const auto late = note_dirty_ranges(*connection_, prepared.batch, bounds_);
  if (!late) return fail(late.error());
  stored->late = *late;
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  remember(prepared.details);
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

DbResult<StoredBatch> PostgresBatchStore::copy_facts(const Prepared& prepared,
                                                     const FactBounds& bounds,
                                                     const std::string& reason) {
  HealthCheckCopy checks(bounds.checks(), reason);
  MetricsCopy metrics(bounds.metrics(), reason);
  for (const IndexedRow& one : prepared.rows) {
    const ResultRow& row = *one.row;
    checks.add(row, {probes_.id_of(*row.probe), hash_of(row, prepared.details)});
    metrics.add(row);
  }
  if (auto sent = checks.facts().send(*connection_); !sent) return fail(sent.error());
  if (auto sent = metrics.facts().send(*connection_); !sent) return fail(sent.error());
  return StoredBatch{.checks = checks.facts().kept(),
                     .metrics = metrics.facts().kept(),
                     .quarantined = checks.facts().refused() + metrics.facts().refused(),
                     .upto = prepared.batch.to()};
}

DbResult<void> PostgresBatchStore::copy_custom(const SeriesDictionary::Learnt& custom,
                                               StoredBatch& stored) {
  stored.series_refused = custom.refused;
  if (custom.readings.empty()) return {};
  CustomMetricsCopy copy(bounds_.custom_metrics(), std::string(kOutsidePartitions));
  for (const auto& reading : custom.readings) copy.add(reading);
  if (auto sent = copy.facts().send(*connection_); !sent) return sent;
  stored.custom_metrics = copy.facts().kept();
  stored.quarantined += copy.facts().refused();
  return {};
}

DbResult<void> PostgresBatchStore::write_details(const Details& details) {
  std::vector<std::int64_t> organizations, hashes;
  std::vector<std::string> messages, components;
  for (const auto& [key, detail] : details) {
    if (stored_details_.contains(key.first, detail.hash)) continue;
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
    if (stored_details_.contains(key.first, detail.hash)) continue;
    stored_details_.add(key.first, detail.hash);
  }
}

}  // namespace muster
