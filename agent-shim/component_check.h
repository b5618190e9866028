// What the shim can ask about one component of its server. A kind of check is one file that
// implements this; check_factory.cpp lists them. Immutable; run() is called by one thread at a
// time.
#pragma once

#include <string>

#include "agent-shim/deadline.h"
#include "common/base/result.h"

namespace muster::shim {

class ComponentCheck {
 public:
  virtual ~ComponentCheck() = default;

  // Healthy: a sentence that says so. Unhealthy: an Error that says what is wrong, one line each,
  // without secrets. Returns by the deadline.
  virtual Result<std::string> run(const Deadline& deadline) const = 0;
};

}  // namespace muster::shim
