// The whole program: sockets, loops and threads from the options, until a signal or the end of its
// time. Made and run by main's thread, which must have SIGTERM and SIGINT blocked.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tests/simfleet/dead_port.h"
#include "tests/simfleet/event_loop.h"
#include "tests/simfleet/fleet_context.h"

namespace muster::sim {

class Fleet {
 public:
  static Result<std::unique_ptr<Fleet>> open(const Options& options);

  std::uint16_t port() const { return port_; }
  // 0: none.
  std::uint16_t tls_port() const { return tls_port_; }
  std::uint16_t closed_port() const { return closed_ ? closed_->port() : 0; }
  std::uint16_t silent_port() const { return silent_ ? silent_->port() : 0; }

  void run();

 private:
  explicit Fleet(const Options& options);

  Result<void> open_loops(const Options& options);
  Result<void> open_loop(const Options& options, LoopStats& stats);
  Result<void> open_dead_ports(const Options& options);

  FleetContext context_;
  const std::chrono::seconds duration_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::optional<DeadPort> closed_;
  std::optional<DeadPort> silent_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
};

}  // namespace muster::sim
