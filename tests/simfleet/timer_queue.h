// Which connection wants to be woken when; one wish each. Belongs to one event loop. Only slow
// behaviours use it, so a sorted set is good enough.
#pragma once

#include <optional>
#include <set>
#include <utility>

#include "common/base/clock.h"

namespace muster::sim {

class Connection;

class TimerQueue {
 public:
  void set(TimePoint due, Connection* connection) { entries_.emplace(due, connection); }
  void cancel(TimePoint due, Connection* connection) { entries_.erase({due, connection}); }

  std::optional<TimePoint> next() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.begin()->first;
  }

  // Takes out one that is due; nullptr when none is.
  Connection* take_due(TimePoint now) {
    if (entries_.empty() || entries_.begin()->first > now) return nullptr;
    Connection* const connection = entries_.begin()->second;
    entries_.erase(entries_.begin());
    return connection;
  }

 private:
  std::set<std::pair<TimePoint, Connection*>> entries_;
};

}  // namespace muster::sim
