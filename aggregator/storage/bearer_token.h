// Bearer tokens of our making: a prefix that says what for, 30 random characters of 0-9A-Za-z (178
// bits) and a checksum of 6, so that a mistyped or truncated token is told from an unknown one.
// Any thread.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace muster {

inline constexpr std::string_view kApiTokenPrefix = "mst_";     // by which clients come to us
inline constexpr std::string_view kServerTokenPrefix = "msv_";  // by which servers know us

Result<Secret> make_token(std::string_view prefix);

}  // namespace muster
