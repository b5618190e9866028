// Lets the API's threads wait for checks that run on the loops. Thread-safe.
#pragma once

#include <future>
#include <memory>

#include "aggregator/api/check_requests.h"
#include "aggregator/schedule/fleet_scheduler.h"

namespace muster {

class BlockingChecks final : public CheckRequests {
 public:
  explicit BlockingChecks(FleetScheduler& scheduler) : scheduler_(scheduler) {}

  Result<std::vector<CheckResult>> check_now(ServerKey server,
                                             std::chrono::milliseconds patience) override {
    using Answer = Result<std::vector<CheckResult>>;
    const auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    scheduler_.check_now(server, [promise](const Answer& results) { promise->set_value(results); });
    if (answer.wait_for(patience) != std::future_status::ready) {
      return fail(ErrorCode::kTimeout, "the check did not end in time");
    }
    return answer.get();
  }

 private:
  FleetScheduler& scheduler_;
};

}  // namespace muster
