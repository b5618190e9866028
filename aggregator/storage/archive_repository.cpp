#include "aggregator/storage/archive_repository.h"

#include <algorithm>
#include <array>

#include "aggregator/storage/transaction.h"

namespace muster {
namespace {

constexpr std::array<std::string_view, 6> kStateNames{"detaching", "detached", "copied",
                                                      "verified",  "dropped",  "restored"};

ArchiveState state_from(std::string_view name) {
  const auto found = std::ranges::find(kStateNames, name);
  return static_cast<ArchiveState>(found - kStateNames.begin());
}

ArchiveRow read_row(const Rows& rows, int i) {
  ArchiveRow row;
  row.table = rows.text(i, 0);
  row.range = {rows.time(i, 1), rows.time(i, 2)};
  row.partition = rows.text(i, 3);
  row.state = state_from(rows.text(i, 4));
  row.content = {rows.integer(i, 5), std::string(rows.text(i, 6))};
  row.path = rows.text(i, 7);
  row.sha256 = rows.text(i, 8);
  row.bytes = rows.integer(i, 9);
  row.keep_until = rows.optional_time(i, 10);
  row.changed_at = rows.time(i, 11);
  return row;
}

// "public.checks_2026_11" -> "muster_archive.checks_2026_11"; the name keeps its quotes.
std::string moved(const std::string& partition) {
  const std::size_t dot = partition.find('.');
  return std::string(kArchiveSchema) + partition.substr(dot);
}

const std::string kUpdate = "UPDATE partition_archive SET changed_at = now(), ";
const std::string kKey = " WHERE table_name = $1 AND lo = $2 AND hi = $3";

DbResult<void> done(const DbResult<Rows>& rows) {
  if (!rows) return fail(rows.error());
  return {};
}

}  // namespace

std::string_view to_string(ArchiveState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

DbResult<std::vector<ArchiveRow>> ArchiveRepository::of(std::string_view table) {
  return select("table_name = $1", {table});
}

DbResult<std::optional<ArchiveRow>> ArchiveRepository::find(std::string_view table,
                                                            const TimeRange& range) {
  auto rows = select("table_name = $1 AND lo = $2 AND hi = $3", {table, range.from, range.to});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return std::nullopt;
  return std::move(rows->front());
}

DbResult<void> ArchiveRepository::begin(std::string_view table, const Partition& partition) {
  auto begun = connection_.exec(
      "INSERT INTO partition_archive AS a (table_name, lo, hi, partition) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (table_name, lo, hi) DO UPDATE SET partition = excluded.partition, "
      "state = 'detaching', keep_until = NULL, changed_at = now() "
      "WHERE a.state IN ('detaching', 'restored') OR a.path IS NULL",
      {table, partition.range.from, partition.range.to, partition.name});
  if (!begun) return fail(begun.error());
  if (begun->affected() == 1) return {};
  return fail(DbError{
      {ErrorCode::kConflict, partition.name + ": its time has an archive already, of other rows"},
      "",
      ""});
}

DbResult<void> ArchiveRepository::forget(const ArchiveRow& row) {
  return done(connection_.exec("DELETE FROM partition_archive" + kKey,
                               {row.table, row.range.from, row.range.to}));
}

DbResult<void> ArchiveRepository::set_state(const ArchiveRow& row, ArchiveState state) {
  return done(connection_.exec(kUpdate + "state = $4" + kKey,
                               {row.table, row.range.from, row.range.to, to_string(state)}));
}

DbResult<void> ArchiveRepository::move_away(const ArchiveRow& row) {
  auto transaction = Transaction::begin(connection_);
  if (!transaction) return fail(transaction.error());
  const std::string away = moved(row.partition);
  for (const std::string& sql :
       {"ALTER TABLE " + row.partition + " SET SCHEMA " + std::string(kArchiveSchema),
        "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON " + away + " FROM PUBLIC, CURRENT_USER"}) {
    if (auto changed = connection_.exec(sql); !changed) return fail(changed.error());
  }
  auto noted = connection_.exec(kUpdate + "state = 'detached', partition = $4" + kKey,
                                {row.table, row.range.from, row.range.to, away});
  if (!noted) return fail(noted.error());
  return transaction->commit();
}

DbResult<void> ArchiveRepository::set_copied(const ArchiveRow& row) {
  return done(connection_.exec(
      kUpdate +
          "state = 'copied', row_count = $4, row_hash = $5, path = $6, sha256 = $7, bytes = $8" +
          kKey,
      {row.table, row.range.from, row.range.to, row.content.rows, row.content.hash, row.path,
       row.sha256, row.bytes}));
}

DbResult<void> ArchiveRepository::drop(const ArchiveRow& row) {
  auto transaction = Transaction::begin(connection_);
  if (!transaction) return fail(transaction.error());
  auto dropped = connection_.exec("DROP TABLE IF EXISTS " + row.partition);
  if (!dropped) return fail(dropped.error());
  if (auto noted = set_state(row, ArchiveState::kDropped); !noted) return noted;
  return transaction->commit();
}

DbResult<void> ArchiveRepository::set_restored(const ArchiveRow& row) {
  return done(connection_.exec(
      "INSERT INTO partition_archive AS a (table_name, lo, hi, partition, state, row_count, "
      "row_hash, path, sha256, bytes, keep_until) "
      "VALUES ($1, $2, $3, $4, 'restored', $5, $6, $7, $8, $9, $10) "
      "ON CONFLICT (table_name, lo, hi) DO UPDATE SET partition = excluded.partition, "
      "state = 'restored', keep_until = excluded.keep_until, changed_at = now()",
      {row.table, row.range.from, row.range.to, row.partition, row.content.rows, row.content.hash,
       row.path, row.sha256, row.bytes, row.keep_until}));
}

DbResult<std::vector<ArchiveRow>> ArchiveRepository::select(const std::string& condition,
                                                            const Params& params) {
  auto rows = connection_.exec("SELECT table_name, " + micros("lo") + ", " + micros("hi") +
                                   ", partition, state, coalesce(row_count, 0), "
                                   "coalesce(row_hash::text, ''), coalesce(path, ''), "
                                   "coalesce(sha256, ''), coalesce(bytes, 0), " +
                                   micros("keep_until") + ", " + micros("changed_at") +
                                   " FROM partition_archive WHERE " + condition +
                                   " ORDER BY table_name, lo",
                               params);
  if (!rows) return fail(rows.error());
  std::vector<ArchiveRow> archives;
  for (int i = 0; i < rows->size(); ++i) archives.push_back(read_row(*rows, i));
  return archives;
}

}  // namespace muster
