// What each path answers: asks the sampler and the checks, and hands what they found to the pure
// reports. Thread-safe; owned by the app.
#pragma once

#include "agent-shim/check_runner.h"
#include "agent-shim/health_report.h"
#include "agent-shim/router.h"
#include "agent-shim/system_sampler.h"

namespace muster::shim {

class Endpoints {
 public:
  Endpoints(SystemSampler& sampler, CheckRunner& runner, Thresholds thresholds, Identity identity,
            const Clock& clock);

  Router::Routes routes();  // borrow this object

 private:
  HttpResponse health();
  HttpResponse metrics();
  HttpResponse prometheus();

  SystemSampler& sampler_;
  CheckRunner& runner_;
  const Thresholds thresholds_;
  const Identity identity_;
  const Clock& clock_;
  const TimePoint started_;
  const WallTime started_wall_;
};

}  // namespace muster::shim
