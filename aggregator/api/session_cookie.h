// The cookie of a browser's session (RFC 6265): out of reach for scripts and for other sites. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/base/secret.h"

namespace muster {

// Of the value of Cookie; nothing when ours is not among them.
std::optional<std::string> session_in(const std::string& cookies);

std::string session_cookie(const Secret& session, std::chrono::seconds lifetime, bool over_tls);
std::string ended_session_cookie();

}  // namespace muster
