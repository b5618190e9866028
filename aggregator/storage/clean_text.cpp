#include "aggregator/storage/clean_text.h"

#include <algorithm>

#include "common/base/utf8.h"

namespace muster {
namespace {

constexpr std::size_t kLongestSequence = 4;

// How long the valid sequence at the front is; 0: there is none.
std::size_t sequence_at(std::string_view text) {
  if (text.front() == '\0') return 0;
  for (std::size_t length = 1; length <= std::min(kLongestSequence, text.size()); ++length) {
    if (is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

std::string clean_text(std::string_view text) {
  if (text.find('\0') == std::string_view::npos && is_utf8(text)) return std::string(text);
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = sequence_at(text);
    clean += length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

}  // namespace muster
