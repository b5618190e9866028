#include "aggregator/spool/backlog.h"

#include <utility>

namespace muster {

void Backlog::add(SealedSegment segment) {
  state_.with([&](State& state) {
    state.bytes += segment.bytes;
    state.segments.push_back(std::move(segment));
  });
}

std::optional<SealedSegment> Backlog::begin_oldest() {
  return state_.with([](State& state) -> std::optional<SealedSegment> {
    if (state.segments.empty()) return std::nullopt;
    state.reading = true;
    return state.segments.front();
  });
}

void Backlog::remove_oldest() {
  state_.with([](State& state) {
    state.bytes -= state.segments.front().bytes;
    state.segments.pop_front();
    state.reading = false;
  });
}

std::optional<SealedSegment> Backlog::give_up_oldest() {
  return state_.with([](State& state) -> std::optional<SealedSegment> {
    const auto oldest = state.segments.begin() + (state.reading ? 1 : 0);
    if (oldest == state.segments.end()) return std::nullopt;
    SealedSegment segment = std::move(*oldest);
    state.segments.erase(oldest);
    state.bytes -= segment.bytes;
    return segment;
  });
}

std::vector<SealedSegment> Backlog::waiting() const {
  return state_.with([](const State& state) {
    return std::vector<SealedSegment>(state.segments.begin(), state.segments.end());
  });
}

bool Backlog::empty() const {
  return segments() == 0;
}

std::size_t Backlog::segments() const {
  return state_.with([](const State& state) { return state.segments.size(); });
}

std::int64_t Backlog::bytes() const {
  return state_.with([](const State& state) { return state.bytes; });
}

}  // namespace muster
