// Which series each server has, and how many it may still have. A series that was not seen for a
// week makes room. What the database remembers is loaded when a server is first met. [writer]
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "aggregator/storage/connection.h"
#include "common/model/server.h"

namespace muster {

class ServerSeries {
 public:
  using Day = std::chrono::sys_days;

  explicit ServerSeries(std::size_t most) : most_(most) {}

  // Of those that are not known yet.
  DbResult<void> load(Connection& connection, const std::set<ServerKey>& servers, Day today);

  // Notes that the server has the series today. False: it has too many.
  bool admit(OrganizationKey organization, ServerKey server, std::int32_t series, Day today);

  bool has(ServerKey server, std::int32_t series) const;
  std::size_t room(ServerKey server, Day today);  // so many more it may have

  // True once a server: it is at its limit, and somebody should hear of it.
  bool should_warn(ServerKey server) { return !std::exchange(servers_[server].warned, true); }

  // What admit() noted and the database does not know yet.
  DbResult<void> write(Connection& connection);

 private:
  static constexpr std::chrono::days kForgottenAfter{7};

  struct Server {
    std::unordered_map<std::int32_t, Day> seen_on;
    bool warned = false;
  };
  struct Sighting {
    OrganizationKey organization;
    ServerKey server;
    std::int32_t series;
    Day day;
  };

  const std::size_t most_;
  std::unordered_map<ServerKey, Server> servers_;
  std::vector<Sighting> unwritten_;
};

}  // namespace muster
