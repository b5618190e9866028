// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again with
// the key of an earlier one is answered as that was, and nothing is done twice. How many keys there
// are has no bound of its own: each cost a request of its organization's quota and left a line in
// the audit log, which stays when the key has gone. Thread-safe.
#pragma once

#include <functional>

#include "aggregator/api/api_request.h"
#include "aggregator/api/digested_source.h"
#include "aggregator/api/problem.h"
#include "aggregator/storage/idempotency_repository.h"
#include "common/base/clock.h"

namespace muster {

class IdempotentPosts {
 public:
  IdempotentPosts(IdempotencyRepository& keys, const Clock& clock) : keys_(keys), clock_(clock) {}

  // Without a key: `serve` and nothing else. With one, a body that is streamed is served from
  // another source than it came from.
  Answer serve(ApiRequest& request, const std::function<Answer()>& serve);

 private:
  Answer first_time(const ApiRequest& request, const Uuid& id, DigestedSource* body,
                    const std::function<Answer()>& serve);
  Result<void> keep(const ApiRequest& request, const Uuid& id, DigestedSource* body,
                    const ApiResponse& response);
  Answer once_more(const ApiRequest& request, const IdempotentRequest& wanted,
                   DigestedSource* body);

  IdempotencyRepository& keys_;
  const Clock& clock_;
};

}  // namespace muster
