// Gives results that say the same the same Words, so that a usual check copies no text. Remembers
// what was said last at each of a fixed number of places. Lives on its loop; owned by the
// ProbeRuntime.
#pragma once

#include <array>
#include <cstddef>

#include "common/model/words.h"
#include "muster/probe.h"

namespace muster {

class SharedWords {
 public:
  WordsPointer of(const muster_result& result);

 private:
  static constexpr std::size_t kPlaces = 1024;  // for distinct things that a loop's servers say
  static constexpr std::size_t kMostBytes = 8 * 1024;  // longer words are not remembered

  std::array<WordsPointer, kPlaces> said_;
};

}  // namespace muster
