// Text that came from a component, made safe to show: one line of printable ASCII, at most 200
// characters.
#pragma once

#include <string>
#include <string_view>

namespace muster::shim {

inline std::string printable(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::string shown(text.substr(0, kMost));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text.size() > kMost ? shown + "..." : shown;
}

}  // namespace muster::shim
