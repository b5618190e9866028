#include "agent-shim/router.h"

#include <strings.h>

namespace muster::shim {
namespace {

constexpr std::string_view kScheme = "Bearer ";

std::string_view bearer_token(const HttpRequest& request) {
  const auto header = request.headers.find("authorization");
  if (header == request.headers.end()) return "";
  const std::string& value = header->second;
  if (::strncasecmp(value.c_str(), kScheme.data(), kScheme.size()) != 0) return "";
  return std::string_view(value).substr(kScheme.size());
}

}  // namespace

HttpResponse Router::answer(const HttpRequest& request) const {
  // Before all else, so that a stranger cannot tell which paths exist.
  if (!allowed(request)) {
    auto response = problem(401, "a bearer token is needed");
    response.headers["WWW-Authenticate"] = "Bearer realm=\"muster-shim\"";
    return response;
  }
  const auto route = routes_.find(request.path);
  if (route == routes_.end()) return problem(404, "there is no such path here");
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = problem(405, "this path can only be read");
    response.headers["Allow"] = "GET, HEAD";
    return response;
  }
  if (request.has_body) return problem(413, "a request here has no body");
  return route->second();
}

bool Router::allowed(const HttpRequest& request) const {
  if (rules_.token.empty() || rules_.public_paths.contains(request.path)) return true;
  return rules_.token.equals(bearer_token(request));
}

}  // namespace muster::shim
