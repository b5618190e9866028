// The shim's one stop signal: once raised, everything that waits on a Deadline returns at once, so
// that SIGTERM never waits for a slow network. Thread-safe; owned by the app.
#pragma once

#include "common/base/unique_fd.h"

namespace muster::shim {

class Interrupt {
 public:
  Interrupt();

  void raise();
  bool raised() const;
  int fd() const { return event_.get(); }  // readable once raised

 private:
  UniqueFd event_;
};

}  // namespace muster::shim
