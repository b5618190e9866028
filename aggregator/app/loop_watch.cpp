#include "aggregator/app/loop_watch.h"

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

// Looks this far apart mean that we were not running ourselves, and so were the loops.
constexpr auto kStoodStill = 3s;

}  // namespace

void LoopWatch::add(EventLoop& loop) {
  loops_.push_back(std::unique_ptr<Watched>(
      new Watched{loop, std::make_shared<std::atomic<bool>>(true), TimePoint()}));
}

bool LoopWatch::look(TimePoint now) {
  const bool stood_still = now - last_look_ > kStoodStill;
  last_look_ = now;
  bool all = true;
  for (const auto& watched : loops_) {
    if (stood_still) watched->asked_at = now;
    judge(*watched, now);
    if (*watched->turned) ask(*watched, now);
    all = all && !watched->stuck;
  }
  return all;
}

void LoopWatch::ask(Watched& watched, TimePoint now) {
  *watched.turned = false;
  watched.asked_at = now;
  watched.loop.post([turned = watched.turned] { *turned = true; });
}

void LoopWatch::judge(Watched& watched, TimePoint now) {
  const Duration silent = now - watched.asked_at;
  const bool stuck = !*watched.turned && (watched.stuck || silent >= kStuck);
  if (watched.stuck.exchange(stuck) == stuck) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silent).count();
  if (stuck) {
    log::error("loop.stuck", {{"loop", watched.loop.name()}, {"seconds", seconds}});
  } else {
    log::warn("loop.unstuck", {{"loop", watched.loop.name()}, {"seconds", seconds}});
  }
}

}  // namespace muster
