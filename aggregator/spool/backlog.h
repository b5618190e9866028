// The segments that wait on disk to be read again: what an earlier process left, and what came
// while the writer could not keep up. Thread-safe: added to by `spool`, read by `writer`.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "aggregator/spool/segment.h"
#include "common/base/guarded.h"

namespace muster {

class Backlog {
 public:
  void add(SealedSegment segment);

  // Stays in the backlog, and safe from give_up_oldest(), until remove_oldest().
  std::optional<SealedSegment> begin_oldest();
  void remove_oldest();

  // Takes the oldest one that is not being read out, to make room.
  std::optional<SealedSegment> give_up_oldest();

  std::vector<SealedSegment> waiting() const;  // oldest first
  bool empty() const;
  std::size_t segments() const;
  std::int64_t bytes() const;

 private:
  struct State {
    std::deque<SealedSegment> segments;  // oldest first
    std::int64_t bytes = 0;
    bool reading = false;  // the first one
  };

  Guarded<State> state_;
};

}  // namespace muster
