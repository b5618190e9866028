// Finds a host's addresses without holding up the loop: getaddrinfo() on a thread of the host's.
// Cheap to copy; use on the run's loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "blocking_call.h"
#include "muster/probe.hpp"

namespace plugin_client {

struct Addresses {
  muster_reason reason = MUSTER_REASON_NONE;  // another: there are none
  std::string error;
  std::vector<std::string> texts;  // in the order of getaddrinfo(), at most 8
};

bool is_address(const std::string& host);  // and no name

class NameLookup {
 public:
  using Done = std::function<void(const Addresses&)>;

  explicit NameLookup(const muster::sdk::Host& host) : blocking_(host) {}

  // Calls done once: at once for an address, else later. `done` must not throw and has to hold what
  // it uses.
  void start(const muster::sdk::Run& run, const std::string& host, Done done) const;

 private:
  BlockingCall blocking_;
};

}  // namespace plugin_client
