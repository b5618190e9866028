// c-ares on an event loop: its sockets are watched by the loop and its timeouts served by a timer.
// Knows nothing of caches. Lives on its loop; owned by the Resolver.
#pragma once

#include <ares.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/net/event_loop.h"
#include "common/net/resolver.h"

namespace muster {

class DnsChannel {
 public:
  struct Reply {
    std::string host;
    Result<Resolver::Addresses> found;
    std::chrono::seconds ttl{0};  // with addresses
  };
  // Called from inside c-ares: may not call the channel, let alone destroy it.
  using Collect = std::function<void(Reply)>;

  DnsChannel(EventLoop& loop, const ResolverOptions& options, Collect collect);
  ~DnsChannel();  // what is asked gets no reply
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  // Exactly one reply, perhaps from inside.
  void ask(const std::string& host);

  std::size_t in_flight() const { return in_flight_; }

 private:
  struct Question;
  struct Watch;

  static void on_answer(void* question, int status, int timeouts, ares_addrinfo* info);
  static void on_socket_state(void* self, ares_socket_t fd, int read, int write);
  void watch(ares_socket_t fd, bool read, bool write);
  void wait(ares_socket_t fd, const std::shared_ptr<Watch>& watch, int way);
  void process(ares_socket_t readable, ares_socket_t writable);
  void tick_while_busy();

  EventLoop& loop_;
  const Collect collect_;
  ares_channel channel_ = nullptr;
  std::size_t in_flight_ = 0;
  std::unordered_map<ares_socket_t, std::shared_ptr<Watch>> watches_;
  Timer tick_{[this] { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }};
};

}  // namespace muster
