#include "aggregator/storage/rollup/roller.h"

#include <algorithm>

#include "aggregator/storage/advisory_locks.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/rollup/custom_rollup.h"
#include "aggregator/storage/rollup/health_rollup.h"
#include "aggregator/storage/rollup/metrics_rollup.h"
#include "aggregator/storage/transaction.h"
#include "common/base/log.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kLockNotAvailable = "55P03";

// How far facts reach into the buckets behind theirs, whatever else Rollup::reach says.
constexpr auto kReach = 10min;

// How much one transaction computes: about as many rows at each level.
constexpr std::chrono::seconds most_at_once(Period period) {
  return period == Period::kFiveMinutes ? 1h : period == Period::kHour ? 4h : 24h;
}

DbResult<std::optional<WallTime>> read_time(Connection& connection, const std::string& sql,
                                            const Params& params) {
  auto rows = connection.exec(sql, params);
  if (!rows) return fail(rows.error());
  if (rows->empty()) return std::nullopt;
  return rows->optional_time(0, 0);
}

DbResult<std::optional<WallTime>> read_mark(Connection& connection, const std::string& name) {
  return read_time(connection, "SELECT " + micros("upto") + " FROM rollup_mark WHERE rollup = $1",
                   {name});
}

// Where the oldest attached partition begins.
DbResult<std::optional<WallTime>> oldest(Connection& connection, const std::string& table) {
  auto bounds = partition_bounds(connection, table);
  if (!bounds) return fail(bounds.error());
  if (bounds->empty()) return std::nullopt;
  return std::ranges::min_element(*bounds, {}, &TimeRange::from)->from;
}

// Before this there is nothing to compute from, or nowhere to keep it. A restored archive does not
// count: between it and the rest there may be a gap.
DbResult<WallTime> kept_from(Connection& connection, const std::string& source,
                             const std::string& table) {
  WallTime from = WallTime::min();
  for (const std::string& name : {source, table}) {
    auto bounds = partition_bounds(connection, name);
    if (!bounds) return fail(bounds.error());
    from = std::max(from, PartitionPlanner::covered_from(std::move(*bounds)));
  }
  return from;
}

// The oldest row; one partition after the other, for no index tells.
DbResult<std::optional<WallTime>> first_row(Connection& connection, const std::string& table) {
  auto bounds = partition_bounds(connection, table);
  if (!bounds) return fail(bounds.error());
  std::ranges::sort(*bounds, {}, &TimeRange::from);
  for (const TimeRange& range : *bounds) {
    auto first =
        read_time(connection,
                  "SELECT " + micros("min(ts)") + " FROM " + table + " WHERE ts >= $1 AND ts < $2",
                  {range.from, range.to});
    if (!first || *first) return first;
  }
  return std::nullopt;
}

DbResult<void> write_mark(Connection& connection, const std::string& name, WallTime upto) {
  auto done = connection.exec(
      "INSERT INTO rollup_mark (rollup, upto) VALUES ($1, $2) "
      "ON CONFLICT (rollup) DO UPDATE SET upto = excluded.upto",
      {name, upto});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace

std::string Roller::Level::source() const {
  return is_lowest() ? rollup.facts : rollup.table(finer(period));
}

std::string Roller::Level::source_mark() const {
  return is_lowest() ? "facts" : rollup.level(finer(period));
}

const std::vector<const Rollup*>& Roller::rollups() {
  static const std::vector<const Rollup*> kRollups{&health_rollup(), &metrics_rollup(),
                                                   &custom_rollup()};
  return kRollups;
}

DbResult<WallTime> Roller::done_with(Connection& connection, std::string_view table,
                                     RollupSpan span) {
  for (const Rollup* rollup : rollups()) {
    for (const Period period : kRollupPeriods) {
      const Level level{*rollup, period};
      if (level.source() != table) continue;
      auto upto = read_time(
          connection,
          "SELECT " + micros("least(upto, (SELECT min(ts) FROM rollup_dirty WHERE rollup = $1))") +
              " FROM rollup_mark WHERE rollup = $1",
          {level.name()});
      if (!upto) return fail(upto.error());
      return *upto ? **upto - span.holds : WallTime();
    }
  }
  return WallTime::max();
}

// One core is enough for this, and compiling so wide statements costs more than it gains.
DbResult<bool> Roller::prepare(Connection& connection) {
  auto claimed = connection.exec(std::string("SELECT pg_try_advisory_lock(") + kRollerLock +
                                 "), set_config('work_mem', '64MB', false), "
                                 "set_config('jit', 'off', false), "
                                 "set_config('max_parallel_workers_per_gather', '0', false), "
                                 "set_config('client_connection_check_interval', '1s', false)");
  if (!claimed) return fail(claimed.error());
  return claimed->boolean(0, 0);
}

DbResult<void> Roller::run(Connection& connection, WallTime now) const {
  if (auto closed = close_buckets(connection, now); !closed) return closed;
  for (const Rollup* rollup : rollups()) {
    for (const Period period : kRollupPeriods) {
      const Level level{*rollup, period};
      for (const auto step : {&Roller::advance, &Roller::redo}) {
        DbResult<bool> more = true;
        while (*more) {
          if (stopping_()) return {};
          more = (this->*step)(connection, level);
          if (!more) return fail(more.error());
        }
      }
    }
  }
  return {};
}

DbResult<void> Roller::close_buckets(Connection& connection, WallTime now) {
  auto closed = connection.exec("SELECT rollup_close($1)",
                                {floor_to(Period::kFiveMinutes, now - kLateAfter)});
  if (closed) return {};
  // Writers are at work all the time; there is still what was closed before.
  if (closed.error().sqlstate == kLockNotAvailable) {
    log::warn("rollup.mark_stands", {{"why", "writers left no moment to move it"}});
    return {};
  }
  return fail(closed.error());
}

// The next buckets that were never computed. True: there may be more.
DbResult<bool> Roller::advance(Connection& connection, const Level& level) const {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  auto from = read_mark(connection, level.name());
  if (!from) return fail(from.error());
  auto limit = read_mark(connection, level.source_mark());
  if (!limit) return fail(limit.error());
  if (!*limit) return false;
  TimeRange range{WallTime(), floor_to(level.period, **limit)};
  if (*from) {
    range.from = **from;
  } else {
    auto start = start_of(connection, level, range.to);
    if (!start) return fail(start.error());
    range.from = *start;
  }
  if (*from && range.from >= range.to) return false;
  range.to = std::clamp(range.to, range.from, range.from + most_at_once(level.period));
  if (auto done = recompute(connection, level, range); !done) return fail(done.error());
  if (level.period == Period::kDay) {
    if (auto done = gather(connection, level, range); !done) return fail(done.error());
  }
  if (auto done = write_mark(connection, level.name(), range.to); !done) return fail(done.error());
  if (auto done = transaction->commit(); !done) return fail(done.error());
  return true;
}

// Hours were written as they passed, each of a server on another page. Once a day is over, those of
// a server are put together: 90 days of hours are then some 180 pages instead of 2,160.
DbResult<void> Roller::gather(Connection& connection, const Level& level, const TimeRange& range) {
  const std::string hours = level.source();
  auto done =
      connection.exec("WITH taken AS (DELETE FROM " + hours +
                          " WHERE ts >= $1 AND ts < $2 RETURNING *) INSERT INTO " + hours +
                          " SELECT * FROM taken ORDER BY " + level.rollup.key_list() + ", ts",
                      {range.from, range.to});
  if (!done) return fail(done.error());
  return {};
}

// Where a level begins that has no mark: with the oldest bucket that there is something of and a
// partition for; with nothing to do when there is none.
DbResult<WallTime> Roller::start_of(Connection& connection, const Level& level, WallTime end) {
  auto first = first_row(connection, level.source());
  if (!first) return fail(first.error());
  auto kept = oldest(connection, level.table());
  if (!kept) return fail(kept.error());
  const WallTime from = first->value_or(end);
  return std::max(floor_to(level.period, from), ceil_to(level.period, kept->value_or(from)));
}

// The oldest dirty buckets. True: there may be more.
DbResult<bool> Roller::redo(Connection& connection, const Level& level) const {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return fail(transaction.error());
  auto mark = read_mark(connection, level.name());
  if (!mark) return fail(mark.error());
  if (!*mark) return false;
  auto first =
      read_time(connection,
                "SELECT " + micros("min(ts)") + " FROM rollup_dirty WHERE rollup = $1 AND ts < $2",
                {level.name(), **mark});
  if (!first) return fail(first.error());
  if (!*first) return false;
  const WallTime until = std::min(**mark, **first + most_at_once(level.period));
  auto last = read_time(connection,
                        "WITH taken AS (DELETE FROM rollup_dirty WHERE rollup = $1 AND ts >= $2 "
                        "AND ts < $3 RETURNING ts) SELECT " +
                            micros("max(ts)") + " FROM taken",
                        {level.name(), **first, until});
  if (!last) return fail(last.error());
  auto to = reach_of(connection, level, {**first, **last + length_of(level.period)});
  if (!to) return fail(to.error());
  auto done = redo_range(connection, level, {**first, std::min(*to, **mark)});
  if (!done) return fail(done.error());
  if (auto committed = transaction->commit(); !committed) return fail(committed.error());
  return true;
}

// What holds for a while reaches into the buckets that follow.
DbResult<WallTime> Roller::reach_of(Connection& connection, const Level& level,
                                    const TimeRange& dirty) const {
  if (!level.is_lowest()) return dirty.to;
  auto until = read_time(connection, "SELECT " + micros("(" + level.rollup.reach + ")"),
                         {dirty.from, dirty.to, level.limit(span_)});
  if (!until) return fail(until.error());
  const WallTime least = dirty.to + kReach;
  return ceil_to(level.period, std::max(least, until->value_or(least) + 1us));
}

// Never where some of the source has gone: what is kept is better than what could be computed.
DbResult<void> Roller::redo_range(Connection& connection, const Level& level,
                                  TimeRange range) const {
  auto floor = kept_from(connection, level.source(), level.table());
  if (!floor) return fail(floor.error());
  if (*floor == WallTime::max()) return {};
  const auto reach = level.is_lowest() ? span_.holds : std::chrono::seconds(0);
  const WallTime least = ceil_to(level.period, *floor + reach);
  if (range.from < least) {
    log::warn("rollup.too_late", {{"rollup", level.name()}, {"kept_from", to_rfc3339(least)}});
    range.from = least;
  }
  if (range.from >= range.to) return {};
  auto changed = recompute(connection, level, range);
  if (!changed) return fail(changed.error());
  if (*changed == 0 || level.period == kRollupPeriods.back()) return {};
  const Period next = static_cast<Period>(static_cast<int>(level.period) + 1);
  auto noted = connection.exec(
      "INSERT INTO rollup_dirty (rollup, ts) SELECT m.rollup, b FROM rollup_mark AS m, "
      "generate_series($2::timestamptz, $3::timestamptz - interval '1 microsecond', "
      "$4::interval) AS b WHERE m.rollup = $1 AND b < m.upto",
      {level.rollup.level(next), floor_to(next, range.from), range.to,
       interval_text(length_of(next))});
  if (!noted) return fail(noted.error());
  return {};
}

// How many buckets differ from what was there.
DbResult<std::int64_t> Roller::recompute(Connection& connection, const Level& level,
                                         const TimeRange& range) const {
  Params params{range.from, range.to, interval_text(length_of(level.period))};
  if (level.is_lowest()) {
    params.emplace_back(nullptr);  // all servers
    params.emplace_back(level.limit(span_));
  }
  auto done = connection.exec(level.rollup.recompute(level.period), params);
  if (!done) return fail(done.error());
  return done->affected();
}

}  // namespace muster
