// One server's buckets in SQL: from the levels as far as they are complete, from the facts where
// those are too young, so that the newest bucket is always there and right. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/storage/param.h"
#include "aggregator/storage/rollup/rollup.h"
#include "aggregator/storage/rollup/rollup_pieces.h"
#include "common/model/server.h"

namespace muster {

struct RollupQuery {
  std::string sql;  // SELECT of ts, keys and columns, to be selected from
  Params params;

  // The number of a further parameter: "$7".
  std::string add(Param param);
};

// Of whom, and how long a reading holds.
struct RollupSubject {
  OrganizationKey organization = 0;
  ServerKey server = 0;
  RollupSpan span;
  std::vector<std::int64_t> series = {};  // of these alone, where the keys have a series_id
};

// Complete buckets are in their level as they are asked for. Those behind its mark are put together
// from finer levels and the facts; all of them are younger. Two statements, because the first is
// planned and read so much faster when the second does not stand beside it. Nothing: no buckets.
struct BucketQueries {
  std::optional<RollupQuery> complete;
  std::optional<RollupQuery> younger;
};

// Buckets of `period` from the one that `range` begins in.
BucketQueries select_buckets(const Rollup& rollup, const RollupSubject& subject, Period period,
                             TimeRange range, const RollupMarks& marks);

// One row of all columns, without ts and keys.
RollupQuery select_total(const Rollup& rollup, const RollupSubject& subject, TimeRange range,
                         const RollupMarks& marks);

}  // namespace muster
