// Addresses of a host name by c-ares, because getaddrinfo cannot be given a deadline: one dead DNS
// server must not hold a check. Reads resolv.conf and hosts anew each time. Any thread.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent-shim/deadline.h"
#include "common/base/result.h"

namespace muster::shim {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// In the order in which they should be tried, never empty. An IP address costs no look-up.
Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port,
                                           const Deadline& deadline);

}  // namespace muster::shim
