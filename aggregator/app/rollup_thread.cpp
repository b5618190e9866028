#include "aggregator/app/rollup_thread.h"

#include <pthread.h>

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kEvery = 5min;              // the shortest bucket: more often there is nothing to do
constexpr auto kLongestStatement = 10min;  // an hour of facts of the largest fleet

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

ConnectionSettings patient(ConnectionSettings settings, const std::atomic<bool>& give_up) {
  settings.statement_timeout = kLongestStatement;
  settings.deadline = kLongestStatement + 5s;
  settings.give_up = &give_up;
  return settings;
}

}  // namespace

RollupThread::RollupThread(ConnectionSettings database, RollupSpan span, const Clock& clock)
    : clock_(clock),
      database_(patient(std::move(database), stop_.flag())),
      roller_(span, [this] { return stop_.given(); }) {
  for (const Rollup* rollup : Roller::rollups()) {
    for (const Period period : kRollupPeriods) readings_.levels[rollup->level(period)];
  }
}

RollupThread::~RollupThread() {
  stop();
}

void RollupThread::start() {
  thread_ = std::thread([this] { run(); });
}

void RollupThread::stop() {
  stop_.give();
  if (thread_.joinable()) thread_.join();
}

void RollupThread::run() {
  ::pthread_setname_np(::pthread_self(), "rollup");
  while (!stop_.given()) {
    const auto done = round();
    if (!done && !stop_.given()) {
      readings_.failures.add(done.error());
      log::error("rollup.failed",
                 {{"sqlstate", done.error().sqlstate}, {"error", done.error().message}});
    }
    stop_.wait_for(kEvery);
  }
}

DbResult<void> RollupThread::round() {
  if (auto opened = open(); !opened) return opened;
  if (!is_ours_) {
    auto ours = Roller::prepare(*connection_);
    if (!ours) return fail(ours.error());
    is_ours_ = *ours;
  }
  if (is_ours_) {
    if (auto done = roller_.run(*connection_, clock_.wall()); !done) return done;
  }
  if (auto read = read_levels(); !read) return read;
  readings_.last_success_unix_s = unix_seconds(clock_.wall());
  return {};
}

DbResult<void> RollupThread::open() {
  if (connection_ && connection_->still_there()) return {};
  connection_.reset();
  is_ours_ = false;
  auto opened = Connection::open(database_);
  if (!opened) return fail(opened.error());
  connection_.emplace(std::move(*opened));
  return {};
}

DbResult<void> RollupThread::read_levels() {
  auto rows = connection_->exec(
      "SELECT rollup, " + micros("upto") +
      ", (SELECT count(*) FROM rollup_dirty AS d WHERE d.rollup = m.rollup) FROM rollup_mark AS m");
  if (!rows) return fail(rows.error());
  for (int i = 0; i < rows->size(); ++i) {
    const auto level = readings_.levels.find(std::string(rows->text(i, 0)));
    if (level == readings_.levels.end()) continue;
    level->second.upto_unix_s = unix_seconds(rows->time(i, 1));
    level->second.dirty_buckets = rows->integer(i, 2);
  }
  return {};
}

}  // namespace muster
