// Lets the API's threads wait for checks that run on the loops. Thread-safe.
#pragma once

#include <future>
#include <memory>

#include "aggregator/api/check_requests.h"
#include "aggregator/operations/server_checks.h"

namespace muster {

class BlockingChecks final : public CheckRequests {
 public:
  explicit BlockingChecks(ServerChecks& checks) : checks_(checks) {}

  Result<std::vector<CheckResult>> check_now(ServerKey server,
                                             std::chrono::milliseconds patience) override {
    return wait_for(server, ChecksWanted::kHealth, patience);
  }
  Result<std::vector<CheckResult>> measure_now(ServerKey server,
                                               std::chrono::milliseconds patience) override {
    return wait_for(server, ChecksWanted::kMetrics, patience);
  }

 private:
  Result<std::vector<CheckResult>> wait_for(ServerKey server, ChecksWanted wanted,
                                            std::chrono::milliseconds patience) {
    using Answer = Result<std::vector<CheckResult>>;
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
};

}  // namespace muster
