// A port of servers that are not there: every connection to it is refused, or none ever opens
// because nothing answers the first packet. Needs no thread: the kernel plays it, as long as the
// object lives. Owned by the Fleet.
#pragma once

#include <cstdint>

#include "common/base/unique_fd.h"
#include "tests/simfleet/address_range.h"

namespace muster::sim {

class DeadPort {
 public:
  enum class Kind { kRefusing, kSilent };

  static Result<DeadPort> open(Kind kind, Ipv4 address, std::uint16_t port);

  std::uint16_t port() const { return port_; }

 private:
  DeadPort(UniqueFd fd, std::uint16_t port) : fd_(std::move(fd)), port_(port) {}

  Result<void> fall_silent(Ipv4 address);

  UniqueFd fd_;
  UniqueFd filler_;  // the connection that takes the only place in the queue
  std::uint16_t port_;
};

}  // namespace muster::sim
