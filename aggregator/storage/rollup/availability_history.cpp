#include "aggregator/storage/rollup/availability_history.h"

#include <algorithm>

#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/rollup/bucket_rows.h"
#include "aggregator/storage/rollup/health_rollup.h"
#include "aggregator/storage/rollup/rollup_query.h"
#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

// From `column` on: the columns of health_rollup().
Availability availability_of(const Rows& rows, int row, int column) {
  Availability found;
  found.checks = rows.integer(row, column++);
  found.failures = rows.integer(row, column++);
  for (auto& in_state : found.in_state) {
    in_state = std::chrono::milliseconds(rows.integer(row, column++));
  }
  found.durations = DurationHistogram::from(rows.texts(row, column));
  return found;
}

DbResult<WallTime> oldest_of(Connection& connection, Period period) {
  auto bounds = partition_bounds(connection, health_rollup().table(period));
  if (!bounds) return fail(bounds.error());
  return PartitionPlanner::covered_from(std::move(*bounds));
}

DbResult<TimeRange> outwards(Connection& connection, const AvailabilityQuery& query) {
  const auto five_minutes = oldest_of(connection, Period::kFiveMinutes);
  if (!five_minutes) return fail(five_minutes.error());
  const auto hour = oldest_of(connection, Period::kHour);
  if (!hour) return fail(hour.error());
  TimeRange range = moved_outwards(query.range, {*five_minutes, *hour});
  range.to = std::max(range.from, std::min(range.to, query.now));
  return range;
}

DbResult<std::vector<AvailabilityBucket>> read_buckets(Connection& connection,
                                                       const RollupSubject& subject,
                                                       const TimeRange& range, Period period,
                                                       int limit, const RollupMarks& marks) {
  const auto found =
      read_newest(connection, select_buckets(health_rollup(), subject, period, range, marks),
                  micros("ts") + ", " + health_rollup().column_list(), "ts DESC", limit);
  if (!found) return fail(found.error());
  std::vector<AvailabilityBucket> buckets;
  for (auto rows = found->rbegin(); rows != found->rend(); ++rows) {
    for (int i = rows->size() - 1; i >= 0; --i) {
      buckets.push_back({rows->time(i, 0), availability_of(*rows, i, 1)});
    }
  }
  return buckets;
}

}  // namespace

std::optional<double> Availability::percent() const {
  const auto up = in(HealthState::kHealthy) + in(HealthState::kDegraded);
  const auto known = up + in(HealthState::kCritical) + in(HealthState::kUnreachable);
  if (known.count() == 0) return std::nullopt;
  return 100.0 * static_cast<double>(up.count()) / static_cast<double>(known.count());
}

Result<AvailabilityAnswer> AvailabilityHistory::read(OrganizationKey organization,
                                                     const AvailabilityQuery& query) {
  return read_as_tenant(pool_, organization, [&](Connection& connection) {
    return read_on(connection, organization, query);
  });
}

DbResult<AvailabilityAnswer> AvailabilityHistory::read_on(Connection& connection,
                                                          OrganizationKey organization,
                                                          const AvailabilityQuery& query) const {
  auto marks = read_rollup_marks(connection, health_rollup().name);
  if (!marks) return fail(marks.error());
  const RollupSubject subject{organization, query.server, {.holds = span_.*health_rollup().limit}};
  auto range = outwards(connection, query);
  if (!range) return fail(range.error());
  AvailabilityAnswer answer{*range, {}, {}};
  const RollupQuery total = select_total(health_rollup(), subject, answer.range, *marks);
  auto rows = connection.exec(total.sql, total.params);
  if (!rows) return fail(rows.error());
  answer.total = availability_of(*rows, 0, 0);
  if (!query.buckets) return answer;
  auto buckets =
      read_buckets(connection, subject, answer.range, *query.buckets, query.limit, *marks);
  if (!buckets) return fail(buckets.error());
  answer.buckets = std::move(*buckets);
  return answer;
}

}  // namespace muster
