// An epoll loop that accepts connections and runs them. It belongs to the thread that calls run();
// stop() may come from any thread.
#pragma once

#include <sys/epoll.h>

#include <optional>
#include <span>

#include "tests/simfleet/connection.h"
#include "tests/simfleet/listener.h"

namespace muster::sim {

class EventLoop {
 public:
  EventLoop(const FleetContext& fleet, LoopStats& stats, Listener plain,
            std::optional<Listener> tls);

  void run();  // until stop()
  void stop();

 private:
  void watch(int fd, std::uint32_t events, void* who);
  int patience() const;  // for epoll_wait, in milliseconds
  void dispatch(std::span<const epoll_event> events);
  void run_those_who_yielded();
  void wake_those_due();
  void accept_all(const Listener& listener, bool tls);
  bool accept_one(const Listener& listener, bool tls);
  void add(UniqueFd fd, Ipv4 local, bool tls);
  bool close_longest_idle();
  void delete_closed();

  LoopState state_;
  Listener plain_;
  std::optional<Listener> tls_;
  UniqueFd epoll_;
  UniqueFd stop_;
  bool stopping_ = false;
};

}  // namespace muster::sim
