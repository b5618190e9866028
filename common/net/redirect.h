// Where a redirect leads (RFC 9110, 15.4), if Muster follows it there. Pure.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/net/url.h"

namespace muster {

inline constexpr int kMostRedirects = 3;

bool is_redirect(int status);  // 301, 302, 303, 307, 308

// `location` may be relative. Refuses another scheme than that of `from`.
Result<Url> redirect_target(const Url& from, std::string_view location);

}  // namespace muster
