#include "aggregator/operations/operation_thread.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace muster {
namespace {

using namespace std::chrono_literals;

ConnectionSettings patient(ConnectionSettings settings, const std::atomic<bool>& give_up) {
  settings.give_up = &give_up;
  return settings;
}

}  // namespace

OperationThread::OperationThread(ConnectionSettings database, const OperationActions& actions,
                                 const Clock& clock, std::function<void()> between_turns)
    : clock_(clock),
      between_turns_(std::move(between_turns)),
      engine_(patient(std::move(database), give_up_), actions, clock) {}

OperationThread::~OperationThread() {
  stop(0ms);
}

void OperationThread::start() {
  thread_ = std::thread([this] { run(); });
}

void OperationThread::stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake();
  ended_.get_future().wait_for(patience);
  give_up_ = true;
  wake();
  thread_.join();
}

void OperationThread::run() {
  ::pthread_setname_np(::pthread_self(), "operations");
  while (!give_up_) {
    if (stopping_) engine_.wind_down();
    const TimePoint next = engine_.turn();
    if (stopping_ && engine_.idle()) break;
    if (!stopping_) between_turns_();
    engine_.inbox()->wait_for(std::max(Duration::zero(), next - clock_.now()));
  }
  ended_.set_value();
}

}  // namespace muster
