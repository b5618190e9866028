#include "agent-shim/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <stdexcept>

namespace muster::shim {

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::runtime_error("eventfd failed");
}

void Interrupt::raise() {
  ::eventfd_write(event_.get(), 1);
}

bool Interrupt::raised() const {
  pollfd event{event_.get(), POLLIN, 0};
  return ::poll(&event, 1, 0) == 1;
}

}  // namespace muster::shim
