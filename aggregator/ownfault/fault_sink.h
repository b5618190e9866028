// The output of this folder: that a fault of our own began or ended. Called on thread `canaries`;
// must not block.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/model/own_fault.h"

namespace muster {

struct OwnFaultNews {
  bool began = false;  // otherwise it ended
  OwnFaultKind kind = OwnFaultKind::kNone;
  std::string message;  // for people, the same at the end as at the beginning
  WallTime at;
};

class FaultSink {
 public:
  virtual ~FaultSink() = default;
  virtual void on_own_fault(const OwnFaultNews& news) = 0;
};

}  // namespace muster
