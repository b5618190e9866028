// A port of a loopback address that swallows the packets of who connects: its queue is full, and
// nobody accepts. Owned by its test.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "common/base/unique_fd.h"

namespace muster::test {

class BlackHole {
 public:
  BlackHole(const std::string& address, std::uint16_t port) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
    auto* const generic = reinterpret_cast<sockaddr*>(&name);
    if (::bind(listener_.get(), generic, sizeof name) != 0 || ::listen(listener_.get(), 0) != 0) {
      throw std::runtime_error("no port on " + address);
    }
    for (int i = 0; i < 4; ++i) {
      queue_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      static_cast<void>(::connect(queue_.back().get(), generic, sizeof name));
    }
  }

 private:
  const UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::vector<UniqueFd> queue_;
};

}  // namespace muster::test
