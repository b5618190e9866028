// One run: resolves the name, sends the echo requests one after the other, waits for the answers,
// judges. Lives on its loop; kept alive by what it waits for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "echo_socket.h"
#include "icmp_config.h"
#include "muster/probe.hpp"
#include "round_trips.h"
#include "shared/name_lookup.h"
#include "shared/report.h"

namespace icmp_probe {

class IcmpRun : public std::enable_shared_from_this<IcmpRun> {
 public:
  IcmpRun(const muster::sdk::Host& host, const IcmpConfig& config, muster::sdk::Run run,
          std::int64_t deadline_ns)
      : host_(host),
        poll_(host),
        config_(config),
        run_(std::move(run)),
        deadline_ns_(deadline_ns),
        trips_(config.count) {}

  void start(const std::string& server);

 private:
  void on_addresses(const muster::probes::Addresses& addresses);
  void refuse_open(int error);
  // Sends what is due, and waits for answers until there is more to do.
  void go_on();
  void wait(std::int64_t until_ns);
  void finish();
  void fail(muster_status status, muster_reason reason, const std::string& message);

  const muster::sdk::Host host_;
  const muster::sdk::Poll poll_;
  const IcmpConfig& config_;
  muster::sdk::Run run_;
  const std::int64_t deadline_ns_;
  std::int64_t began_ns_ = 0;
  std::size_t sent_ = 0;
  EchoSocket socket_;
  RoundTrips trips_;
  muster::probes::Report report_;
};

}  // namespace icmp_probe
