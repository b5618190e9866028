// Thread `operations`: turns the OperationEngine, at once when something has ended or the API
// calls, else every few seconds; and does between the turns what else is to be done so often. Owned
// by the Aggregator.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "aggregator/operations/operation_engine.h"

namespace muster {

class OperationThread {
 public:
  OperationThread(ConnectionSettings database, const OperationActions& actions, const Clock& clock,
                  std::function<void()> between_turns);
  ~OperationThread();

  void start();

  // Starts nothing more and waits that long for what is under way. What ends later is interrupted
  // by the next start.
  void stop(std::chrono::milliseconds patience);

  void wake() { engine_.inbox()->wake(); }  // [any] there is an operation to run or to cancel

 private:
  void run();

  const Clock& clock_;
  const std::function<void()> between_turns_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> give_up_{false};  // ends a statement too
  OperationEngine engine_;
  std::promise<void> ended_;
  std::thread thread_;
};

}  // namespace muster
