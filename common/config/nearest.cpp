#include "common/config/nearest.h"

#include <algorithm>

namespace muster {
namespace {

// Optimal string alignment: insert, remove, replace, or swap two neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kLongestWord = 64;  // the table is quadratic, and nobody mistypes a novel
  if (word.size() > kLongestWord) return std::nullopt;
  std::size_t most = std::clamp<std::size_t>(word.size() / 3, 1, 3);
  std::optional<std::string> best;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t found = distance(word, candidate);
    const bool nothing_in_common = found >= std::max(word.size(), candidate.size());
    if (found > most || nothing_in_common || (best && found == most)) continue;
    most = found;
    best = candidate;
  }
  return best;
}

}  // namespace muster
