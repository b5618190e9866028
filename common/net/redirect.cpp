#include "common/net/redirect.h"

#include <string>

namespace muster {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Url> redirect_target(const Url& from, std::string_view location) {
  const std::string scheme = from.tls ? "https:" : "http:";
  std::string absolute(location.substr(0, location.find('#')));
  if (absolute.empty()) return fail(ErrorCode::kInvalid, "a redirect without a location");
  if (absolute.starts_with("//")) {
    absolute.insert(0, scheme);
  } else if (absolute.front() == '/') {
    absolute.insert(0, scheme + "//" + from.authority());
  } else if (absolute.find("://") == std::string::npos) {
    const std::string folder = from.target.substr(0, from.target.find('?'));
    absolute.insert(0, scheme + "//" + from.authority() + folder.substr(0, folder.rfind('/') + 1));
  }
  auto url = Url::parse(absolute);
  if (!url) return fail(url.error().in("redirect"));
  if (url->tls != from.tls) {
    return fail(ErrorCode::kDenied, from.tls ? "a redirect from https to http is not followed"
                                             : "a redirect from http to https is not followed; "
                                               "api_url should begin with https");
  }
  return url;
}

}  // namespace muster
