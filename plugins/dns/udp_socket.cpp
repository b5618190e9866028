#include "udp_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "dns_message.h"

namespace dns_probe {
namespace {

// The length, or 0 for what is no address.
socklen_t fill_in(sockaddr_storage& storage, const std::string& address, std::uint16_t port) {
  auto& four = reinterpret_cast<sockaddr_in&>(storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  if (::inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    return sizeof four;
  }
  if (::inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) != 1) return 0;
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  return sizeof six;
}

}  // namespace

int UdpSocket::open(const std::string& address, std::uint16_t port) {
  close();
  sockaddr_storage peer{};
  const socklen_t size = fill_in(peer, address, port);
  if (size == 0) return EAFNOSUPPORT;
  fd_ = ::socket(peer.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) return errno;
  return ::connect(fd_, reinterpret_cast<const sockaddr*>(&peer), size) == 0 ? 0 : errno;
}

int UdpSocket::send(std::string_view bytes) const {
  return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 ? errno : 0;
}

int UdpSocket::receive(std::string& bytes) const {
  bytes.resize(64 * 1024);
  const ssize_t count = ::recv(fd_, bytes.data(), bytes.size(), 0);
  const int error = count < 0 ? errno : 0;
  bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return error;
}

void UdpSocket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace dns_probe
