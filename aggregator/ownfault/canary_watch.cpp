#include "aggregator/ownfault/canary_watch.h"

#include <pthread.h>

#include <algorithm>

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 1s;
constexpr auto kDeaf = 100ms;
constexpr auto kUrgentEvery = 1s;    // while there is a fault
constexpr auto kAskedForEvery = 2s;  // while servers fall silent one after the other

// Whether a descriptor is to be had at all.
bool can_open() {
  return static_cast<bool>(UniqueFd(::eventfd(0, EFD_CLOEXEC)));
}

}  // namespace

Result<std::unique_ptr<CanaryWatch>> CanaryWatch::make(const OwnFaultSettings& settings,
                                                       OwnFault& fault, FaultSink& sink,
                                                       const Clock& clock) {
  std::vector<Canary> canaries;
  for (const std::string& text : settings.canaries.value()) {
    auto canary = Canary::parse(text);
    if (!canary) return fail(canary.error());
    canaries.push_back(std::move(*canary));
  }
  return std::unique_ptr<CanaryWatch>(
      new CanaryWatch(settings, std::move(canaries), fault, sink, clock));
}

CanaryWatch::CanaryWatch(const OwnFaultSettings& settings, std::vector<Canary> canaries,
                         OwnFault& fault, FaultSink& sink, const Clock& clock)
    : settings_(settings),
      canaries_(std::move(canaries)),
      up_(std::make_unique<std::atomic<bool>[]>(canaries_.size())),
      fault_(fault),
      sink_(sink),
      clock_(clock),
      judge_(canaries_, settings.mass_failure) {}

CanaryWatch::~CanaryWatch() {
  stop();
}

void CanaryWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void CanaryWatch::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  fault_.pulse().wakeup().ring();
  thread_.join();
}

void CanaryWatch::run() {
  ::pthread_setname_np(::pthread_self(), "canaries");
  next_window_ = clock_.now() + settings_.mass_failure.window;
  begin_round(clock_.now());
  while (!stopping_) {
    step(clock_.now());
    wait(clock_.now());
  }
}

void CanaryWatch::step(TimePoint now) {
  turn_windows(now);
  if (round_) round_->serve(now);
  if (round_ && round_->done(now)) {
    look(now, finish_round(now));
  } else if (rung_ || now >= next_look_) {
    look(now, std::nullopt);
  }
  if (!round_ && now >= next_round()) begin_round(now);
}

TimePoint CanaryWatch::next_round() const {
  Duration pause = settings_.every;
  if (round_wanted_) pause = std::min<Duration>(pause, kAskedForEvery);
  if (judge_.urgent()) pause = std::min<Duration>(pause, kUrgentEvery);
  return last_round_ + pause;
}

void CanaryWatch::turn_windows(TimePoint now) {
  if (now < next_window_) return;
  fault_.pulse().turn();
  next_window_ = now + settings_.mass_failure.window;
}

void CanaryWatch::begin_round(TimePoint now) {
  last_round_ = now;
  round_wanted_ = false;
  if (canaries_.empty()) return;
  round_began_with_ = fault_.pulse().counts();
  round_.emplace(canaries_, settings_.timeout, now);
}

// Nothing when we were not running: what was answered meanwhile may be lost.
std::optional<RoundReport> CanaryWatch::finish_round(TimePoint now) {
  const PulseCounts fleet = fault_.pulse().counts();
  RoundReport report{round_->answers(), fleet.answers - round_began_with_.answers,
                     fleet.silences - round_began_with_.silences};
  const bool overslept = round_->overslept(now);
  round_.reset();
  if (overslept) return std::nullopt;
  for (std::size_t i = 0; i < report.answers.size(); ++i) {
    const CanaryAnswer answer = report.answers[i];
    if (answer != CanaryAnswer::kNotAsked) up_[i] = answer == CanaryAnswer::kAlive;
  }
  return report;
}

void CanaryWatch::look(TimePoint now, std::optional<RoundReport> round) {
  next_look_ = now + kLookEvery;
  rung_ = false;
  publish(judge_.look({now, fault_.pulse().counts(), !can_open(), std::move(round)}));
}

void CanaryWatch::publish(const FaultJudge::Verdict& verdict) {
  if (verdict.kind == published_.kind) return;
  fault_.set(verdict.kind, verdict.message);
  if (is_fault(published_.kind)) tell(false, published_);
  if (is_fault(verdict.kind)) tell(true, verdict);
  published_ = verdict;
}

void CanaryWatch::tell(bool began, const FaultJudge::Verdict& verdict) {
  if (began) {
    log::error("probing.own_fault",
               {{"kind", to_string(verdict.kind)}, {"message", verdict.message}});
  } else {
    log::info("probing.own_fault_over",
              {{"kind", to_string(verdict.kind)}, {"message", verdict.message}});
  }
  sink_.on_own_fault({began, verdict.kind, verdict.message, clock_.wall()});
}

void CanaryWatch::wait(TimePoint now) {
  std::vector<pollfd> fds;
  TimePoint until = std::min(next_look_, next_window_);
  if (round_) round_->watch(fds);
  until = std::min(until, round_ ? round_->next_step() : next_round());
  const bool deaf = now < deaf_until_;
  if (deaf) {
    until = std::min(until, deaf_until_);
  } else {
    fds.push_back({fault_.pulse().wakeup().fd(), POLLIN, 0});
  }
  const auto patience = std::chrono::ceil<std::chrono::milliseconds>(until - now);
  ::poll(fds.data(), fds.size(), static_cast<int>(std::max<std::int64_t>(patience.count(), 0)));
  if (!deaf && fault_.pulse().wakeup().answer()) {
    rung_ = round_wanted_ = true;
    deaf_until_ = now + kDeaf;
  }
}

}  // namespace muster
