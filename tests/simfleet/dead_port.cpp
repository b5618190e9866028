#include "tests/simfleet/dead_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace muster::sim {
namespace {

sockaddr_in socket_address(Ipv4 address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address);
  return name;
}

UniqueFd tcp_socket() {
  return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

// Bound, so that nobody else gets the port; nobody listens, so the kernel refuses.
Result<DeadPort> DeadPort::open(Kind kind, Ipv4 address, std::uint16_t port) {
  UniqueFd fd = tcp_socket();
  if (!fd) return fail_errno("socket");
  sockaddr_in name = socket_address(address, port);
  socklen_t size = sizeof name;
  auto* const generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(fd.get(), generic, size) != 0 || ::getsockname(fd.get(), generic, &size) != 0) {
    return fail_errno("port " + std::to_string(port));
  }
  DeadPort dead(std::move(fd), ntohs(name.sin_port));
  if (kind == Kind::kRefusing) return dead;
  const auto silent = dead.fall_silent(address);
  if (!silent) return fail(silent.error());
  return dead;
}

// The kernel drops what asks for a place in a full queue, and nobody ever takes anything out.
Result<void> DeadPort::fall_silent(Ipv4 address) {
  const int smallest_queue = 0;  // which has room for one
  const sockaddr_in name = socket_address(address == 0 ? INADDR_LOOPBACK : address, port_);
  filler_ = tcp_socket();
  if (::listen(fd_.get(), smallest_queue) != 0 ||
      ::connect(filler_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    return fail_errno("port " + std::to_string(port_));
  }
  return {};
}

}  // namespace muster::sim
