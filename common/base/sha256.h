// SHA-256 of a text, raw and in hexadecimal. Pure.
#pragma once

#include <string>
#include <string_view>

namespace muster {

std::string sha256(std::string_view text);      // 32 bytes
std::string sha256_hex(std::string_view text);  // 64 digits, lower case

}  // namespace muster
