#include "aggregator/app/upkeep.h"

#include <pthread.h>

#include <random>
#include <utility>

#include "common/base/log.h"

namespace muster {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEvery = std::chrono::minutes(5);
constexpr milliseconds kAfterFailure = std::chrono::minutes(1);

// A tenth more or less, so that many daemons do not come in step.
milliseconds jittered(milliseconds pause, std::minstd_rand& random) {
  std::uniform_int_distribution<milliseconds::rep> spread(-pause.count() / 10, pause.count() / 10);
  return pause + milliseconds(spread(random));
}

}  // namespace

Upkeep::Upkeep(PartitionWorkerSettings partitions, const Clock& clock, Tasks also)
    : partitions_(std::move(partitions), clock, stop_), also_(std::move(also)) {}

Upkeep::~Upkeep() {
  stop();
}

void Upkeep::start() {
  thread_ = std::thread([this] { run(); });
}

void Upkeep::stop() {
  stop_.give();
  if (thread_.joinable()) thread_.join();
}

void Upkeep::run() {
  ::pthread_setname_np(::pthread_self(), "upkeep");
  std::minstd_rand random(std::random_device{}());
  while (!stop_.given()) {
    const bool done = run_tasks();
    const bool well = partitions_.round() && done;
    stop_.wait_for(jittered(well ? kEvery : kAfterFailure, random));
  }
}

bool Upkeep::run_tasks() const {
  bool well = true;
  for (const auto& task : also_) {
    const auto done = task();
    if (!done) log::error("upkeep.failed", {{"error", done.error().message}});
    well = well && done;
  }
  return well;
}

}  // namespace muster
