// The numbers that a configuration may hold as text. Free functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muster {

// Decimal, no leading zeros, as in JSON.
std::optional<std::int64_t> parse_integer(std::string_view text);
// Any number of JSON, finite as a double.
std::optional<double> parse_number(std::string_view text);
// Written as a whole number, whether or not it fits one.
bool is_integer_text(std::string_view text);

}  // namespace muster
