#include "aggregator/api/session_cookie.h"

#include <algorithm>
#include <string_view>

namespace muster {
namespace {

const std::string kName = "muster_session";

}  // namespace

std::optional<std::string> session_in(const std::string& cookies) {
  std::string_view rest = cookies;
  while (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" ;"), rest.size()));
    const std::string_view pair = rest.substr(0, rest.find(';'));
    rest.remove_prefix(pair.size());
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == kName) {
      return std::string(pair.substr(equals + 1));
    }
  }
  return std::nullopt;
}

std::string session_cookie(const Secret& session, std::chrono::seconds lifetime, bool over_tls) {
  return kName + "=" + session.reveal() + "; Path=/; Max-Age=" + std::to_string(lifetime.count()) +
         "; HttpOnly; SameSite=Strict" + (over_tls ? "; Secure" : "");
}

std::string ended_session_cookie() {
  return kName + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";
}

}  // namespace muster
