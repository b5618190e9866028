// The runs that one loop of the daemon has in this host process: takes its starts, sends what the
// plugin finds. Lives on the host's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "common/base/bytes.h"
#include "common/base/unique_fd.h"
#include "common/net/packet_link.h"
#include "common/plugin/probe_target.h"

namespace muster {

// By the daemon's numbers; changed on the host's loop.
using HostedProbes = std::unordered_map<std::uint32_t, std::shared_ptr<const ConfiguredProbe>>;

class HostedRuns {
 public:
  HostedRuns(ProbeRuntime& runtime, const HostedProbes& probes, UniqueFd socket);

  // Whether a run is open that should have ended before `time`.
  bool stuck_since(TimePoint time) const;
  void forget(std::uint32_t probe);  // its targets

 private:
  struct Asked {
    std::uint32_t probe = 0;
    std::unique_ptr<ProbeTarget> target;
    TimePoint deadline;
  };

  void on_packet(std::string_view packet);
  void take(ByteReader& reader);
  void start(ByteReader& reader);
  void refuse(std::uint32_t run, std::string why);

  ProbeRuntime& runtime_;
  const HostedProbes& probes_;
  std::unordered_map<std::uint32_t, Asked> targets_;
  PacketLink link_;
};

}  // namespace muster
