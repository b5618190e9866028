// The 128-bit public identity of a server, an organization, a request (RFC 4122 text form).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muster {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;

  static Uuid random();                              // version 4
  static Result<Uuid> parse(std::string_view text);  // 8-4-4-4-12 hexadecimal digits, nothing else
  std::string to_string() const;                     // lower case
};

}  // namespace muster
