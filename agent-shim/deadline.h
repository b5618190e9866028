// The end of everything that one check or one request may take, from name resolution to the last
// byte: each wait on a socket gets what is left of it, and the interrupt ends it early. A value;
// the Interrupt must outlive it.
#pragma once

#include <chrono>

#include "agent-shim/interrupt.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace muster::shim {

class Deadline {
 public:
  Deadline(std::chrono::milliseconds patience, const Interrupt& interrupt);

  // Waits until `fd` has one of `events` (poll's). kTimeout at the end, kUnavailable on interrupt.
  Result<void> wait(int fd, short events) const;

  std::chrono::milliseconds remaining() const;  // never negative, rounded up
  // The same interrupt, but only `1/parts` of the time that is left.
  Deadline share(std::size_t parts) const;
  const Interrupt& interrupt() const { return *interrupt_; }

 private:
  TimePoint end_;
  const Interrupt* interrupt_;
};

}  // namespace muster::shim
