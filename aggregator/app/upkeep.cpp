#include "aggregator/app/upkeep.h"

#include <pthread.h>

#include "aggregator/storage/partition_creator.h"
#include "common/base/log.h"

namespace muster {
namespace {

constexpr std::chrono::minutes kEvery{60};
constexpr std::chrono::minutes kAfterFailure{1};

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Upkeep::Upkeep(ConnectionSettings database, const Clock& clock)
    : database_(std::move(database)), clock_(clock) {}

Upkeep::~Upkeep() {
  stop();
}

Result<void> Upkeep::run_once() {
  auto connection = Connection::open(database_);
  if (!connection) return fail(connection.error());
  const auto report = PartitionCreator::run(*connection, clock_.wall());
  if (!report) return fail(report.error());
  if (report->created > 0) log::info("partitions.created", {{"count", report->created}});
  counters_.covered_until_unix_s = unix_seconds(report->covered_until);
  counters_.last_success_unix_s = unix_seconds(clock_.wall());
  return {};
}

void Upkeep::start() {
  thread_ = std::thread([this] { run(); });
}

void Upkeep::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_asked_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::run() {
  ::pthread_setname_np(::pthread_self(), "upkeep");
  std::chrono::minutes pause = kEvery;
  std::unique_lock lock(mutex_);
  while (!stop_asked_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    const auto done = run_once();
    if (!done) {
      ++counters_.failures;
      log::error("partitions.failed", {{"error", done.error().message}});
    }
    pause = done ? kEvery : kAfterFailure;
    lock.lock();
  }
}

}  // namespace muster
