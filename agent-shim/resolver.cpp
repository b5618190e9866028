#include "agent-shim/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace muster::shim {
namespace {

struct Answer {
  bool done = false;
  int status = ARES_ECANCELLED;
  std::vector<SocketAddress> addresses;
};

struct ChannelDestroy {
  void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, ChannelDestroy>;

void on_answer(void* user, int status, int, ares_addrinfo* result) {
  auto& answer = *static_cast<Answer*>(user);
  answer.done = true;
  answer.status = status;
  for (auto* node = result == nullptr ? nullptr : result->nodes; node; node = node->ai_next) {
    SocketAddress address;
    address.size = std::min<socklen_t>(node->ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, node->ai_addr, address.size);
    answer.addresses.push_back(address);
  }
  if (result != nullptr) ares_freeaddrinfo(result);
}

Result<Channel> open_channel(const Deadline& deadline) {
  static const int initialized = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options options{};
  options.timeout = static_cast<int>(std::max<long>(deadline.remaining().count() / 2, 50));
  options.tries = 2;
  ares_channel channel = nullptr;
  if (initialized != ARES_SUCCESS ||
      ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS) {
    return fail(ErrorCode::kInternal, "the resolver did not start");
  }
  return Channel(channel);
}

// One round of poll over the resolver's sockets and the interrupt.
void serve(ares_channel channel, const Deadline& deadline) {
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  const int wanted = ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
  std::vector<pollfd> watched{{deadline.interrupt().fd(), POLLIN, 0}};
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    short events = 0;
    if (ARES_GETSOCK_READABLE(wanted, i)) events |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(wanted, i)) events |= POLLOUT;
    if (events != 0) watched.push_back({sockets[i], events, 0});
  }
  timeval own{}, most{};
  most.tv_sec = deadline.remaining().count() / 1000;
  most.tv_usec = deadline.remaining().count() % 1000 * 1000;
  const timeval* patience = ares_timeout(channel, &most, &own);
  ::poll(watched.data(), watched.size(),
         static_cast<int>(patience->tv_sec * 1000 + patience->tv_usec / 1000 + 1));
  ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // its own timeouts
  for (const pollfd& socket : watched) {
    const bool readable = (socket.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    const bool writable = (socket.revents & POLLOUT) != 0;
    if (&socket == watched.data() || (!readable && !writable)) continue;
    ares_process_fd(channel, readable ? socket.fd : ARES_SOCKET_BAD,
                    writable ? socket.fd : ARES_SOCKET_BAD);
  }
}

// c-ares 1.18 asks the DNS for "127.0.0.1" as if it were a name, and waits for the answer.
std::optional<SocketAddress> numeric(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof v4;
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
  } else {
    return std::nullopt;
  }
  return address;
}

}  // namespace

Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port,
                                           const Deadline& deadline) {
  if (const auto address = numeric(host, port)) return std::vector{*address};
  Answer answer;  // outlives the channel, whose end still calls on_answer
  auto channel = open_channel(deadline);
  if (!channel) return fail(channel.error());
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NUMERICSERV;
  const std::string service = std::to_string(port);
  ares_getaddrinfo(channel->get(), host.c_str(), service.c_str(), &hints, on_answer, &answer);
  while (!answer.done) {
    if (deadline.interrupt().raised()) return fail(ErrorCode::kUnavailable, "stopping");
    if (deadline.remaining().count() == 0) {
      return fail(ErrorCode::kTimeout, "no answer from DNS for " + host);
    }
    serve(channel->get(), deadline);
  }
  if (answer.status != ARES_SUCCESS || answer.addresses.empty()) {
    return fail(ErrorCode::kNotFound, host + ": " + ares_strerror(answer.status));
  }
  return std::move(answer.addresses);
}

}  // namespace muster::shim
