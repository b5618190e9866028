// What one run against one database has, whatever the client library: the addresses that it may
// ask, one after the other, its deadline and phases, how much it takes in, and how it ends. Lives
// on its loop; kept alive by what it waits for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "muster/probe.hpp"
#include "shared/name_lookup.h"
#include "shared/report.h"
#include "shared/trouble.h"

namespace muster::probes {

class DatabaseRun : public std::enable_shared_from_this<DatabaseRun> {
 public:
  DatabaseRun(const sdk::Host& host, sdk::Run run, std::int64_t deadline_ns);
  virtual ~DatabaseRun() = default;
  DatabaseRun(const DatabaseRun&) = delete;
  DatabaseRun& operator=(const DatabaseRun&) = delete;

  void start(const std::string& server);

 protected:
  using Ready = std::function<void(std::uint32_t events)>;

  // Begins to connect; what an earlier attempt left is of no use any more.
  virtual void connect(const std::string& address) = 0;
  // The run is over: lets go of the connection, where nobody else uses it.
  virtual void disconnect() {}
  // What it is told is the answer to the user's own query.
  virtual bool at_query() const = 0;

  // Calls ready() when the socket is; ends the run when its time is up or it takes in too much.
  void wait(int socket, std::uint32_t events, Ready ready);
  void on_time();

  void set_reached();  // the TCP connection stands: no other address has a turn
  void set_open();     // the server has let us in
  bool reached() const { return reached_; }

  std::int64_t left_ms() const;  // at least 1
  void end_phase(const char* name);
  void complete();
  void fail(const Trouble& trouble);
  // Of a connection that did not come about: the next address has its turn.
  void fail_to_connect(const Trouble& trouble);
  // Of an answer beyond all measure.
  void fail_too_large();

  const sdk::Host host_;
  sdk::Run run_;
  std::string server_;
  Report report_;

  // That one run takes in. What the kernels hold when it is noticed comes on top: a few MB.
  static constexpr std::uint64_t kMostBytes = 1 << 20;

 private:
  void on_addresses(const Addresses& addresses);
  void connect_to_next();

  const sdk::Poll poll_;
  const std::int64_t deadline_ns_;
  std::int64_t phase_began_ns_;
  std::vector<std::string> addresses_;
  std::size_t tried_ = 0;
  std::int64_t turn_ends_ns_ = INT64_MAX;  // of this address, while others wait for theirs
  bool reached_ = false;
  bool open_ = false;
};

}  // namespace muster::probes
