#include "agent-shim/deadline.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace muster::shim {
using std::chrono::milliseconds;

Deadline::Deadline(milliseconds patience, const Interrupt& interrupt)
    : end_(std::chrono::steady_clock::now() + patience), interrupt_(&interrupt) {}

Result<void> Deadline::wait(int fd, short events) const {
  while (true) {
    pollfd watched[] = {{fd, events, 0}, {interrupt_->fd(), POLLIN, 0}};
    const int ready = ::poll(watched, 2, static_cast<int>(remaining().count()));
    if (ready < 0 && errno != EINTR) return fail_errno("poll");
    if (ready > 0 && watched[1].revents != 0) return fail(ErrorCode::kUnavailable, "stopping");
    if (ready > 0) return {};
    if (remaining() == milliseconds::zero()) return fail(ErrorCode::kTimeout, "no answer in time");
  }
}

milliseconds Deadline::remaining() const {
  const auto left = std::chrono::ceil<milliseconds>(end_ - std::chrono::steady_clock::now());
  return std::clamp(left, milliseconds::zero(), milliseconds(std::chrono::hours(24)));
}

Deadline Deadline::share(std::size_t parts) const {
  return {remaining() / std::max<std::size_t>(parts, 1), *interrupt_};
}

}  // namespace muster::shim
