// Checks text that comes from outside before it goes anywhere (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace muster {

bool is_utf8(std::string_view text);

// The beginning of it, of so many bytes at most, cut between characters.
std::string_view clipped(std::string_view text, std::size_t most_bytes);

}  // namespace muster
