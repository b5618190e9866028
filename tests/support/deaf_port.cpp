#include "tests/support/deaf_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

namespace muster::test {

DeafPort::DeafPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto* const generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(fd_.get(), generic, size) != 0 || ::listen(fd_.get(), SOMAXCONN) != 0 ||
      ::getsockname(fd_.get(), generic, &size) != 0) {
    throw std::runtime_error("no port on 127.0.0.1");
  }
  port_ = ntohs(name.sin_port);
}

}  // namespace muster::test
