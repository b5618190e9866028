// Bearer tokens of our making: a prefix that says what for, 30 random characters of 0-9A-Za-z (178
// bits) and a checksum of 6, so that a mistyped or truncated token is told from an unknown one.
// Any thread.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace muster {

inline constexpr std::string_view kApiTokenPrefix = "mst_";     // by which clients come to us
inline constexpr std::string_view kServerTokenPrefix = "msv_";  // by which servers know us
inline constexpr std::string_view kSessionPrefix = "mss_";      // in a browser's cookie

Result<Secret> make_token(std::string_view prefix);

// `text` with its checksum behind it: what makes a token of a prefix and 30 characters.
std::string with_checksum(std::string_view text);

// What make_token() could have made. Says nothing of whether it did.
bool has_form(std::string_view token, std::string_view prefix);

}  // namespace muster
