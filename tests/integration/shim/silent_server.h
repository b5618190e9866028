// A server that takes connections into its backlog and never says a word.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace muster::test {

class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(socket_, generic, size);
    ::listen(socket_, 64);
    ::getsockname(socket_, generic, &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::string port() const { return std::to_string(port_); }
  bool has_client() const {
    pollfd event{socket_, POLLIN, 0};
    return ::poll(&event, 1, 0) == 1;
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

}  // namespace muster::test
