// The `from` and `to` of a history query. A value.
#pragma once

#include "aggregator/api/query_reader.h"

namespace muster {

struct HistoryRange {
  WallTime from;  // inclusive
  WallTime to;    // exclusive
};

// Without `to`: until now. Without `from`: `span` before the end.
inline HistoryRange read_history_range(QueryReader& query, WallTime now,
                                       std::chrono::seconds span) {
  HistoryRange range;
  range.to = query.time("to").value_or(now + std::chrono::seconds(1));
  range.from = query.time("from").value_or(range.to - span);
  if (range.from >= range.to) query.reject("from", "invalid", "must be before `to`");
  return range;
}

}  // namespace muster
