// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again with
// the key of an earlier one is answered as that was, and nothing is done twice. Thread-safe.
#pragma once

#include <functional>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/storage/idempotency_repository.h"
#include "common/base/clock.h"

namespace muster {

class IdempotentPosts {
 public:
  IdempotentPosts(IdempotencyRepository& keys, const Clock& clock) : keys_(keys), clock_(clock) {}

  // Without a key: `serve` and nothing else.
  Answer serve(const ApiRequest& request, const std::function<Answer()>& serve);

 private:
  Answer first_time(const ApiRequest& request, const Uuid& id,
                    const std::function<Answer()>& serve);
  Answer once_more(const IdempotentRequest& wanted);

  IdempotencyRepository& keys_;
  const Clock& clock_;
};

}  // namespace muster
