// A number of targets, or a percentage of all of them rounded down: "10%" or 50. A value.
#pragma once

#include <optional>
#include <string_view>

namespace muster {

struct Share {
  int amount = 0;
  bool percent = false;

  bool operator==(const Share&) const = default;

  static std::optional<Share> parse(std::string_view text);  // "0" and more, "0%" to "100%"

  int of(int total) const {
    return percent ? static_cast<int>(static_cast<long long>(total) * amount / 100) : amount;
  }
};

}  // namespace muster
