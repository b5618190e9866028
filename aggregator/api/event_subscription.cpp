#include "aggregator/api/event_subscription.h"

#include <utility>

namespace muster {
namespace {

constexpr std::size_t kMostWaiting = 256UL * 1024;

}  // namespace

void EventSubscription::start(std::function<void()> wake) {
  state_.with([&](State& state) { state.wake = std::move(wake); });
}

std::optional<std::string> EventSubscription::take() {
  return state_.with([](State& state) -> std::optional<std::string> {
    if (state.waiting.empty() && state.ended) return std::nullopt;
    return std::exchange(state.waiting, {});
  });
}

void EventSubscription::give(const std::string& text) {
  const auto wake = state_.with([&](State& state) -> std::function<void()> {
    if (state.ended) return nullptr;
    state.ended = state.waiting.size() + text.size() > kMostWaiting;
    if (!state.ended) state.waiting += text;
    return state.wake;
  });
  if (wake) wake();
}

void EventSubscription::end() {
  const auto wake = state_.with([](State& state) {
    state.ended = true;
    return state.wake;
  });
  if (wake) wake();
}

bool EventSubscription::ended() const {
  return state_.with([](const State& state) { return state.ended; });
}

}  // namespace muster
