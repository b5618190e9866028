// One entry of the configuration's `probes:`: which plugin, how often, for which servers.
// Immutable once published as a ProbeSpecPointer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace muster {

struct Server;

// Which servers a probe is for. An empty list does not restrict; `tags` must all be present, of
// the others any one must match.
struct Selector {
  std::vector<std::string> tags;
  std::vector<std::string> regions;
  std::vector<std::string> environments;
  std::vector<std::string> groups;

  bool operator==(const Selector&) const = default;
  bool matches(const Server& server) const;
};

struct Thresholds {
  int failures = 3;   // consecutive results that are not healthy before the state follows
  int successes = 2;  // consecutive healthy ones before it is healthy again

  bool operator==(const Thresholds&) const = default;
};

struct ProbeSpec {
  std::string name;    // unique in the configuration
  std::string plugin;  // the plugin's own name, "http_health"
  std::chrono::milliseconds every{30'000};
  std::chrono::milliseconds timeout{5'000};
  int retries = 2;  // extra checks while results contradict the state, before the next slot
  std::chrono::milliseconds retry_every{5'000};
  bool affects_health = true;
  Thresholds thresholds;
  Selector select;
  std::string config_json;  // checked against the plugin's schema, defaults filled in
  bool isolated = false;    // the plugin runs in a process of its own
  bool credentials = true;  // the plugin is given the servers' tokens and client keys

  bool operator==(const ProbeSpec&) const = default;
};

using ProbeSpecPointer = std::shared_ptr<const ProbeSpec>;

}  // namespace muster
