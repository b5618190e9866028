#include "aggregator/api/session_cookie.h"

#include <algorithm>
#include <string_view>

namespace muster {

SessionCookie::SessionCookie(bool over_tls)
    : name_(over_tls ? "__Host-muster_session" : "muster_session"),
      attributes_(std::string("; HttpOnly; SameSite=Strict") + (over_tls ? "; Secure" : "")) {}

std::optional<std::string> SessionCookie::session_in(const std::string& cookies) const {
  std::string_view rest = cookies;
  while (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" ;"), rest.size()));
    const std::string_view pair = rest.substr(0, rest.find(';'));
    rest.remove_prefix(pair.size());
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name_) {
      return std::string(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

std::string SessionCookie::opened(const Secret& session, std::chrono::seconds lifetime) const {
  return name_ + "=" + session.reveal() + "; Path=/; Max-Age=" + std::to_string(lifetime.count()) +
         attributes_;
}

std::string SessionCookie::ended() const {
  return name_ + "=; Path=/; Max-Age=0" + attributes_;
}

}  // namespace muster
