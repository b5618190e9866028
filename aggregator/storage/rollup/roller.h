// Brings the rollups up to date on a connection of its own, one level of one rollup after the
// other, in transactions of an hour of facts at most. What it did stays done: it may be stopped
// anywhere, and doing a range again changes nothing. Only one roller works on a database at a time.
// On thread `rollup`.
#pragma once

#include <functional>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_planner.h"
#include "aggregator/storage/rollup/rollup.h"
#include "aggregator/storage/rollup_marks.h"

namespace muster {

class Roller {
 public:
  using Stopping = std::function<bool()>;  // asked between two transactions

  explicit Roller(
      RollupSpan span, Stopping stopping = [] { return false; })
      : span_(span), stopping_(std::move(stopping)) {}

  // Facts older than this are taken to have arrived; later ones make their buckets dirty.
  static constexpr std::chrono::seconds kLateAfter{90};

  // What a session that rolls up needs, and the claim to be the only one. False: another is.
  static DbResult<bool> prepare(Connection& connection);

  // Everything that is over at `now`.
  DbResult<void> run(Connection& connection, WallTime now) const;

  // Nothing in `table` before this is needed any more to compute a rollup. WallTime::max() for a
  // table that none is computed from.
  static DbResult<WallTime> done_with(Connection& connection, std::string_view table,
                                      RollupSpan span);

  static const std::vector<const Rollup*>& rollups();

 private:
  struct Level {
    const Rollup& rollup;
    Period period;

    std::string name() const { return rollup.level(period); }
    std::string table() const { return rollup.table(period); }
    std::string source() const;       // the table that it is computed from
    std::string source_mark() const;  // its name in rollup_mark
    std::string limit(const RollupSpan& span) const { return interval_text(span.*rollup.limit); }
    bool is_lowest() const { return period == kRollupPeriods.front(); }
  };

  static DbResult<void> close_buckets(Connection& connection, WallTime now);
  DbResult<bool> advance(Connection& connection, const Level& level) const;
  static DbResult<void> gather(Connection& connection, const Level& level, const TimeRange& range);
  static DbResult<WallTime> start_of(Connection& connection, const Level& level, WallTime end);
  DbResult<bool> redo(Connection& connection, const Level& level) const;
  DbResult<WallTime> reach_of(Connection& connection, const Level& level,
                              const TimeRange& dirty) const;
  DbResult<void> redo_range(Connection& connection, const Level& level, TimeRange range) const;
  DbResult<std::int64_t> recompute(Connection& connection, const Level& level,
                                   const TimeRange& range) const;

  const RollupSpan span_;
  const Stopping stopping_;
};

}  // namespace muster
