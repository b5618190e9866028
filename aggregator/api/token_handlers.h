// /tokens: the API tokens of an organization, or with ?scope=platform those above them all: list,
// make (shown once), revoke. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/authenticator.h"
#include "aggregator/api/problem.h"

namespace muster {

class TokenHandlers {
 public:
  TokenHandlers(const ApiContext& context, Authenticator& authenticator)
      : context_(context), authenticator_(authenticator) {}

  Answer list(const ApiRequest& request);
  Answer create(const ApiRequest& request);
  Answer show(const ApiRequest& request);
  Answer revoke(const ApiRequest& request);

 private:
  tl::expected<TokenRecord, Problem> find(const ApiRequest& request);

  const ApiContext& context_;
  Authenticator& authenticator_;
};

}  // namespace muster
