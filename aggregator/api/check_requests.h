// What the API asks of the prober: to check or measure one server now. Implemented by app/;
// callable from any thread, which it blocks; so there are only so many places to wait in.
#pragma once

#include <chrono>
#include <vector>

#include "common/base/result.h"
#include "common/model/check_result.h"

namespace muster {

class CheckRequests {
 public:
  virtual ~CheckRequests() = default;

  // Runs every probe that decides the server's health, or joins the runs that are open, and waits
  // for their results at most `patience`. kNotFound: the server is not (or not yet) scheduled;
  // an empty list: no probe selects it; kTimeout: no result came in time; kUnavailable: nothing
  // was done, because too many wait already, of this organization or in all.
  virtual Result<std::vector<CheckResult>> check_now(OrganizationKey organization, ServerKey server,
                                                     std::chrono::milliseconds patience) = 0;

  // The same with every probe that collects metrics: those that do not decide health, and those
  // whose last result held metrics.
  virtual Result<std::vector<CheckResult>> measure_now(OrganizationKey organization,
                                                       ServerKey server,
                                                       std::chrono::milliseconds patience) = 0;
};

}  // namespace muster
