// The partitions that a table has, as PostgreSQL's catalog says: by bounds in UTC, never by name.
// Free functions on the connection that they are given.
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/partition_planner.h"

namespace muster {

// Where partitions are made.
inline constexpr std::string_view kPartitionSchema = "muster_part";
// Where they wait, detached, until their archive is verified.
inline constexpr std::string_view kArchiveSchema = "muster_archive";

struct Partition {
  std::string name;               // schema and name, quoted where they must be
  TimeRange range;                // without a bound on a side: WallTime::min() or max()
  bool detach_pending = false;    // takes no rows, but its range is not free either
  std::int64_t transactions = 0;  // since all of it was frozen

  bool is_bounded() const { return range.from > WallTime::min() && range.to < WallTime::max(); }
};

// In the order of their time.
DbResult<std::vector<Partition>> partitions_of(Connection& connection, std::string_view table);

// The ranges in which rows are taken.
DbResult<std::vector<TimeRange>> partition_bounds(Connection& connection, std::string_view table);

// The columns of a table in their order, quoted where they must be, with commas.
DbResult<std::string> columns_of(Connection& connection, std::string_view table);

// A time as a literal, for DDL, which takes no parameters.
std::string quoted_time(WallTime time);

}  // namespace muster
