// From a request to a response, without sockets: the token first, then the path, then the method.
// Immutable after construction, any thread; handlers must be thread-safe.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "agent-shim/http_message.h"
#include "common/base/secret.h"

namespace muster::shim {

struct AccessRules {
  Secret token;                        // empty: everybody may ask
  std::set<std::string> public_paths;  // need no token
};

class Router {
 public:
  using Handler = std::function<HttpResponse()>;  // no endpoint of the shim takes any input
  using Routes = std::map<std::string, Handler>;

  Router(Routes routes, AccessRules rules) : routes_(std::move(routes)), rules_(std::move(rules)) {}

  HttpResponse answer(const HttpRequest& request) const;

 private:
  bool allowed(const HttpRequest& request) const;

  const Routes routes_;
  const AccessRules rules_;
};

}  // namespace muster::shim
