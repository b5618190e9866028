// A listening TCP socket that never blocks. Belongs to one event loop.
#pragma once

#include <cstdint>

#include "common/base/unique_fd.h"
#include "tests/simfleet/address_range.h"

namespace muster::sim {

class Listener {
 public:
  // Refuses every address but 0.0.0.0 and 127.0.0.0/8. Several listeners of this program share a
  // port when `shared`; a port that somebody else has is an error all the same.
  static Result<Listener> open(Ipv4 address, std::uint16_t port, bool shared);

  int fd() const { return fd_.get(); }
  std::uint16_t port() const { return port_; }

 private:
  Listener(UniqueFd fd, std::uint16_t port) : fd_(std::move(fd)), port_(port) {}

  UniqueFd fd_;
  std::uint16_t port_;
};

}  // namespace muster::sim
