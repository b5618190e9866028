#include "tests/support/notify_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>

namespace muster::test {

NotifySocket::NotifySocket() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("no notify socket at " + path());
  }
}

NotifySocket::~NotifySocket() {
  ::close(socket_);
}

std::string NotifySocket::next(std::chrono::milliseconds patience) {
  pollfd event{socket_, POLLIN, 0};
  if (::poll(&event, 1, static_cast<int>(patience.count())) != 1) return {};
  char text[4096];
  const ssize_t count = ::recv(socket_, text, sizeof text, 0);
  return count > 0 ? std::string(text, static_cast<std::size_t>(count)) : std::string();
}

}  // namespace muster::test
