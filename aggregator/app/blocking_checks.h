// Lets the API's threads wait for checks that run on the loops: half of them at most, and a quarter
// for one organization, because who is silent keeps a thread for seconds. Thread-safe.
#pragma once

#include <algorithm>
#include <future>
#include <memory>

#include "aggregator/api/check_requests.h"
#include "aggregator/api/concurrency_limiter.h"
#include "aggregator/operations/server_checks.h"

namespace muster {

class BlockingChecks final : public CheckRequests {
  using Answer = Result<std::vector<CheckResult>>;

 public:
  BlockingChecks(ServerChecks& checks, int threads)
      : checks_(checks), places_(std::max(1, threads / 2), std::max(1, threads / 4)) {}

  Answer check_now(OrganizationKey organization, ServerKey server,
                   std::chrono::milliseconds patience) override {
    return wait_for(organization, server, ChecksWanted::kHealth, patience);
  }
  Answer measure_now(OrganizationKey organization, ServerKey server,
                     std::chrono::milliseconds patience) override {
    return wait_for(organization, server, ChecksWanted::kMetrics, patience);
  }

 private:
  Answer wait_for(OrganizationKey organization, ServerKey server, ChecksWanted wanted,
                  std::chrono::milliseconds patience) {
    const auto place = places_.acquire(organization);
    if (!place) return fail(ErrorCode::kUnavailable, "too many wait for checks");
    const auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    checks_.check(server, wanted,
                  [promise](const Answer& results) { promise->set_value(results); });
    if (answer.wait_for(patience) != std::future_status::ready) {
      return fail(ErrorCode::kTimeout, "the check did not end in time");
    }
    return answer.get();
  }

  ServerChecks& checks_;
  ConcurrencyLimiter places_;
};

}  // namespace muster
