// Writes that a fault of our own began or ended as one event of every organization that has
// servers. Thread `events`, on a connection of the pool. The fault may be that there is no network,
// so what cannot be written now is tried again; of more than 256 the oldest are dropped and logged.
// Owned by app/; start() and stop() from [main].
#pragma once

#include <deque>
#include <thread>

#include "aggregator/ownfault/fault_sink.h"
#include "aggregator/storage/connection_pool.h"
#include "common/base/backoff.h"
#include "common/base/bounded_queue.h"

namespace muster {

class OwnFaultEvents final : public FaultSink {
 public:
  explicit OwnFaultEvents(ConnectionPool& pool);
  ~OwnFaultEvents() override;  // stops

  void start();  // ends what a daemon before us began and did not live to see the end of
  void stop();   // one more try for what is queued

  void on_own_fault(const OwnFaultNews& news) override;  // [canaries]

 private:
  void run();
  void collect();
  Result<void> write_all();
  Result<void> write(const OwnFaultNews& news);
  Result<void> end_unfinished();

  ConnectionPool& pool_;
  BoundedQueue<OwnFaultNews> queue_;
  Backoff backoff_;
  bool unfinished_ended_ = false;
  std::deque<OwnFaultNews> pending_;
  std::thread thread_;
};

}  // namespace muster
