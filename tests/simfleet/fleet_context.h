// What all loops and connections share and nobody changes while they run, except the counters.
// Made in main before the loops and outlives them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "tests/simfleet/options.h"
#include "tests/simfleet/script.h"
#include "tests/simfleet/stats.h"
#include "tests/simfleet/tls_server.h"

namespace muster::sim {

struct FleetContext {
  std::string bearer_token;                // "Bearer TOKEN"
  std::vector<Rule<ScriptPointer>> rules;  // by local address
  ScriptPointer healthy;                   // when no rule matches
  ScriptPointer not_found;
  std::unique_ptr<TlsServer> tls;                 // null: no HTTPS
  std::vector<std::unique_ptr<LoopStats>> stats;  // one a loop
  TimePoint started;
  std::size_t most_connections_a_loop = 0;

  const ScriptPointer& script_for(Ipv4 address) const {
    const ScriptPointer* const match = first_match(rules, address);
    return match != nullptr ? *match : healthy;
  }
};

}  // namespace muster::sim
