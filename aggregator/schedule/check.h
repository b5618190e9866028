// The output of the schedule: one Check for each (server, probe) pair, made by the next stage, told
// to start when its time has come. All calls on the server's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/model/check_result.h"

namespace muster {

enum class StartOutcome : std::uint8_t {
  kStarted,
  kOverrun,   // the last run is still open
  kOverload,  // nobody has room for a result
  kBudget,    // as many doubtful servers as may be are being asked
  kBreaker,   // the server's circuit breaker is open
};

class Check {
 public:
  using Done = std::function<void(const CheckResult&)>;

  // Ends a run that is open (its result is not reported) and frees what the probe kept.
  virtual ~Check() = default;

  // Says why when nothing is started.
  virtual StartOutcome start(std::int64_t slot_ms) = 0;

  // Starts a run now, or joins the open one. `done` is called exactly once: after the result has
  // passed down the pipeline, or with a cancelled one when the check is destroyed first.
  virtual void start_now(Done done) = 0;
};

class CheckFactory {
 public:
  virtual ~CheckFactory() = default;
  virtual std::unique_ptr<Check> make_check(ServerPointer server, ProbeSpecPointer probe) = 0;

  // The server is gone or the probe no longer selects it, and the check is destroyed: what was
  // learnt of it goes too.
  virtual void forget(ServerKey server, const std::string& probe) = 0;
};

}  // namespace muster
