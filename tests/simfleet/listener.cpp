#include "tests/simfleet/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace muster::sim {
namespace {

constexpr int kBacklog = 65535;  // the kernel lowers it to somaxconn

}  // namespace

Result<Listener> Listener::open(Ipv4 address, std::uint16_t port, bool shared) {
  if (address != 0 && !is_loopback(address)) {
    return fail(ErrorCode::kInvalid, "the fleet listens on loopback only");
  }
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("socket");
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // Accepted sockets inherit it.
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address);
  socklen_t size = sizeof name;
  auto* const generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(fd.get(), generic, size) != 0 || ::listen(fd.get(), kBacklog) != 0 ||
      ::getsockname(fd.get(), generic, &size) != 0) {
    return fail_errno("port " + std::to_string(port));
  }
  return Listener(std::move(fd), ntohs(name.sin_port));
}

}  // namespace muster::sim
