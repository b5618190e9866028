// The `probing:` section: how servers are reached. A value.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/node.h"
#include "common/model/breaker.h"
#include "common/model/own_fault.h"

namespace muster {

struct ProbingSettings {
  int loops = 0;  // 0: one per core
  std::vector<std::string> allow_networks;
  std::vector<std::string> deny_networks;
  std::filesystem::path ca_file;  // empty: the system's
  int max_connections = 0;        // 0: what the limit of open files leaves
  BreakerSettings breaker;
  std::vector<std::string> dns_servers;  // empty: those of /etc/resolv.conf
  OwnFaultSettings own_fault;

  bool operator==(const ProbingSettings&) const = default;
};

extern const std::string_view kProbingSchema;

ProbingSettings read_probing(const Node& section);

}  // namespace muster
