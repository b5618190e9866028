#include "echo_socket.h"

#include <linux/icmp.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>

namespace icmp_probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kMostErrors = 64;

std::int64_t wall_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

std::int64_t arrival(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(part), sizeof time);
    return time.tv_sec * kSecond + time.tv_nsec;
  }
  return wall_clock_ns();
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

// A raw socket would get every ICMP message of this machine.
void want_replies_only(int fd, int family) {
  if (family == AF_INET6) {
    icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    ::setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  } else {
    icmp_filter filter{~(1U << ICMP_ECHOREPLY)};
    ::setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
  }
}

}  // namespace

EchoSocket::~EchoSocket() {
  if (fd_ >= 0) ::close(fd_);
}

int EchoSocket::open(const std::string& address, std::size_t size) {
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), nullptr, &wanted, &found) != 0) return EINVAL;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  format_.six = found->ai_family == AF_INET6;
  format_.size = size;
  if (const int error = open_kind(found->ai_family); error != 0) return error;
  if (const int error = prepare(found->ai_family); error != 0) return error;
  return ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
}

int EchoSocket::open_kind(int family) {
  const int protocol = family == AF_INET6 ? static_cast<int>(IPPROTO_ICMPV6) : IPPROTO_ICMP;
  constexpr int kFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  fd_ = ::socket(family, SOCK_DGRAM | kFlags, protocol);
  if (fd_ >= 0) return 0;
  const int error = errno;
  if (error != EACCES && error != EPERM) return error;
  raw_ = true;
  fd_ = ::socket(family, SOCK_RAW | kFlags, protocol);
  return fd_ >= 0 ? 0 : error;
}

int EchoSocket::prepare(int family) {
  struct {
    std::array<std::uint8_t, 8> token;
    std::uint16_t id;
  } random{};
  if (::getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) return errno;
  format_.token = random.token;
  format_.id = random.id;
  set(fd_, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  const bool six = family == AF_INET6;
  set(fd_, six ? SOL_IPV6 : SOL_IP, six ? IPV6_RECVERR : IP_RECVERR, 1);
  if (raw_) want_replies_only(fd_, family);
  return 0;
}

std::optional<std::int64_t> EchoSocket::send(std::uint16_t sequence) {
  const auto message = echo_request(format_, sequence);
  const std::int64_t now = wall_clock_ns();
  if (::send(fd_, message.data(), message.size(), MSG_NOSIGNAL) >= 0) return now;
  if (errno != EAGAIN && errno != ENOBUFS) last_error_ = errno;
  return std::nullopt;
}

std::optional<EchoSocket::Answer> EchoSocket::receive() {
  thread_local std::array<std::uint8_t, 65536> data;
  for (int errors = 0; errors < kMostErrors;) {
    std::array<char, 512> control{};
    iovec part{data.data(), data.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(fd_, &message, 0);
    if (count < 0) {
      if (errno == EAGAIN) break;
      if (errno != EINTR) last_error_ = errno;
      ++errors;
      continue;
    }
    std::span<const std::uint8_t> read(data.data(), static_cast<std::size_t>(count));
    if (raw_ && !format_.six) read = without_ip_header(read);
    if (const auto sequence = read_echo_reply(format_, read)) {
      return Answer{*sequence, arrival(message)};
    }
  }
  drain_errors();
  return std::nullopt;
}

// Else the socket would stay ready because of them.
void EchoSocket::drain_errors() {
  std::array<char, 64> data;
  for (int i = 0; i < kMostErrors; ++i) {
    if (::recv(fd_, data.data(), data.size(), MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
  }
}

}  // namespace icmp_probe
