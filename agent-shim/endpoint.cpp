#include "agent-shim/endpoint.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "agent-shim/resolver.h"

namespace muster::shim {
namespace {

Result<SocketAddress> unix_address(const std::string& path) {
  SocketAddress address;
  auto& local = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.size() >= sizeof local.sun_path) {
    return fail(ErrorCode::kInvalid, path + ": too long for a socket path");
  }
  local.sun_family = AF_UNIX;
  std::memcpy(local.sun_path, path.c_str(), path.size() + 1);
  address.size = sizeof local;
  return address;
}

Result<void> await_connection(int socket, const Deadline& deadline) {
  if (auto ready = deadline.wait(socket, POLLOUT); !ready) return ready;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) return {};
  errno = error;
  return fail_errno("connect");
}

Result<Stream> connect(const SocketAddress& address, const Deadline& deadline) {
  UniqueFd socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail_errno("socket");
  if (::connect(socket.get(), address.get(), address.size) != 0) {
    if (errno != EINPROGRESS) return fail_errno("connect");
    if (auto up = await_connection(socket.get(), deadline); !up) return fail(up.error());
  }
  // Or the last words of a TLS handshake would wait 40 ms for an acknowledgement. No harm on Unix.
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return Stream(std::move(socket));
}

}  // namespace

std::string Endpoint::to_string() const {
  if (!socket_path.empty()) return socket_path;
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Stream> dial(const Endpoint& endpoint, const Deadline& deadline) {
  if (!endpoint.socket_path.empty()) {
    auto address = unix_address(endpoint.socket_path);
    if (!address) return fail(address.error());
    return connect(*address, deadline);
  }
  auto addresses = resolve(endpoint.host, endpoint.port, deadline);
  if (!addresses) return fail(addresses.error());
  Error last;
  for (std::size_t tried = 0; tried < addresses->size(); ++tried) {
    auto stream = connect((*addresses)[tried], deadline.share(addresses->size() - tried));
    if (stream) return stream;
    last = stream.error();
  }
  return fail(last);
}

}  // namespace muster::shim
