// Where a component listens: a host and port, or a Unix socket. A value.
#pragma once

#include <cstdint>
#include <string>

#include "agent-shim/deadline.h"
#include "agent-shim/stream.h"
#include "common/base/result.h"

namespace muster::shim {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string socket_path;  // when not empty, host and port do not matter

  std::string to_string() const;  // "db1:5432", "[::1]:80" or the path
};

// Connects to the first address of the endpoint that takes us.
Result<Stream> dial(const Endpoint& endpoint, const Deadline& deadline);

}  // namespace muster::shim
