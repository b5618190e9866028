// SHA-256 of a text, raw and in hexadecimal, and HMAC with it. Pure. For a text in pieces:
// Sha256Stream.
#pragma once

#include <string>
#include <string_view>

namespace muster {

std::string sha256(std::string_view text);      // 32 bytes
std::string sha256_hex(std::string_view text);  // 64 digits, lower case
std::string hmac_sha256(std::string_view key, std::string_view text);  // 32 bytes
std::string hex(std::string_view bytes);        // two digits a byte, lower case

}  // namespace muster
