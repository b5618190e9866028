#include "aggregator/storage/lock_retry.h"

#include <utility>

namespace muster {
namespace {

using namespace std::chrono_literals;

bool lock_is_taken(const DbError& error) {
  return error.sqlstate == "55P03" || error.sqlstate == "40P01";
}

}  // namespace

LockRetry::Pauses LockRetry::usual_pauses() {
  return {1s, 4s, 16s};
}

LockRetry::LockRetry(StopSignal& stop, Histogram& waits, Pauses pauses)
    : stop_(stop), waits_(waits), pauses_(std::move(pauses)) {}

DbResult<void> LockRetry::run(const std::function<DbResult<void>()>& work) {
  auto done = attempt(work);
  for (const auto pause : pauses_) {
    if (done || !lock_is_taken(done.error()) || stop_.wait_for(pause)) break;
    done = attempt(work);
  }
  return done;
}

DbResult<void> LockRetry::attempt(const std::function<DbResult<void>()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  auto done = work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  waits_.observe(took.count());
  return done;
}

}  // namespace muster
