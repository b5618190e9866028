// /me and /session: who asks, and the cookie by which a browser asks. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/authenticator.h"
#include "aggregator/api/problem.h"

namespace muster {

class SessionHandlers {
 public:
  SessionHandlers(const ApiContext& context, Authenticator& authenticator)
      : context_(context),
        authenticator_(authenticator),
        cookie_(!context.settings.tls_certificate.empty()) {}

  // Who wants a session: the token in the body.
  tl::expected<Principal, Problem> signing_in(const ApiRequest& request);

  Answer me(const ApiRequest& request);
  Answer open(const ApiRequest& request);
  Answer close(const ApiRequest& request);

 private:
  Answer described(const Principal& principal);

  const ApiContext& context_;
  Authenticator& authenticator_;
  const SessionCookie cookie_;
};

}  // namespace muster
