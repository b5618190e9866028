// Finds a host's addresses by the service muster.names/1: only those that may be probed, for an
// address as for a name. Cheap to copy; use on the run's loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "muster/probe.hpp"

namespace muster::probes {

struct Addresses {
  // Of a result without addresses.
  muster_status status() const { return sdk::status_without_answer(reason); }

  muster_reason reason = MUSTER_REASON_NONE;  // another: there are none
  std::string error;
  std::vector<std::string> texts;  // in the order in which to try them
};

class NameLookup {
 public:
  using Done = std::function<void(const Addresses&)>;

  explicit NameLookup(const sdk::Host& host);

  // Calls done once, later. `done` must not throw and has to hold what it uses.
  void start(const sdk::Run& run, const std::string& host, Done done) const;

 private:
  const muster_names* names_;
};

}  // namespace muster::probes
