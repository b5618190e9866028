// The cookie of a browser's session (RFC 6265): out of reach for scripts and for other sites. Over
// TLS it is a __Host- cookie, which no other host of the domain and no plain HTTP can set.
// Immutable.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/base/secret.h"

namespace muster {

class SessionCookie {
 public:
  explicit SessionCookie(bool over_tls);

  // Of the value of Cookie; nothing when ours is not among them.
  std::optional<std::string> session_in(const std::string& cookies) const;

  // Values of Set-Cookie.
  std::string opened(const Secret& session, std::chrono::seconds lifetime) const;
  std::string ended() const;

 private:
  const std::string name_;
  const std::string attributes_;
};

}  // namespace muster
