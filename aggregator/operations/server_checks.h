// What operations ask of the prober: to check or measure one server now, without waiting for it.
// Implemented by app/; callable from any thread, returns at once.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/base/result.h"
#include "common/model/check_result.h"

namespace muster {

// kHealth: the probes that decide health. kMetrics: those that do not, and those whose last result
// held metrics.
enum class ChecksWanted : std::uint8_t { kHealth, kMetrics };

class ServerChecks {
 public:
  using Answer = std::function<void(Result<std::vector<CheckResult>>)>;

  virtual ~ServerChecks() = default;

  // Answered once, on the server's loop; never when the loops end first. kNotFound: the server is
  // not (or not yet) scheduled; an empty list: no such probe selects it.
  virtual void check(ServerKey server, ChecksWanted wanted, Answer answer) = 0;
};

}  // namespace muster
