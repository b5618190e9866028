// The connection of one round of partition work: short timeouts, and the advisory lock by which one
// daemon of many does it. The lock goes with the connection. [upkeep]
#pragma once

#include "aggregator/storage/connection.h"
#include "common/base/stop_signal.h"

namespace muster {

class PartitionSession {
 public:
  // `stop` gives up whatever statement is under way; it outlives the session.
  static DbResult<PartitionSession> open(ConnectionSettings database, const StopSignal& stop);

  Connection& connection() { return connection_; }

  DbResult<void> try_lock();
  // Otherwise the lock goes when the server notices that the connection is closed, which may be
  // after the next session has asked for it.
  void unlock();
  bool has_lock() const { return has_lock_; }  // false: another daemon is at it

 private:
  explicit PartitionSession(Connection connection) : connection_(std::move(connection)) {}

  Connection connection_;
  bool has_lock_ = false;
};

}  // namespace muster
