// Checks text that comes from outside before it goes anywhere (RFC 3629).
#pragma once

#include <string_view>

namespace muster {

bool is_utf8(std::string_view text);

}  // namespace muster
