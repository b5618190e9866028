// Text that PostgreSQL takes: what is not UTF-8, and NUL, becomes U+FFFD. Pure.
#pragma once

#include <string>
#include <string_view>

namespace muster {

std::string clean_text(std::string_view text);

}  // namespace muster
