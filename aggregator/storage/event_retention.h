// Removes events whose time is over, in batches, each a short transaction of its own; what was
// removed is noted for streams that come back (sql/0017_events.sql). run_once() on the thread of
// the upkeep.
#pragma once

#include "aggregator/storage/connection_pool.h"
#include "common/base/calendar_span.h"

namespace muster {

class EventRetention {
 public:
  static constexpr int kBatch = 5'000;
  static constexpr int kMostBatches = 20;  // a round; the next one goes on

  EventRetention(ConnectionPool& pool, const CalendarSpan& keep)  // of muster_owner
      : pool_(pool), keep_(keep) {}

  Result<void> run_once(WallTime now) const;

 private:
  ConnectionPool& pool_;
  const CalendarSpan keep_;
};

}  // namespace muster
