#include "aggregator/settings/probing_settings.h"

#include <algorithm>

#include "common/config/reader.h"

namespace muster {

const std::string_view kProbingSchema = R"yaml(
type: object
default: {}
properties:
  loops:
    type: integer
    minimum: 0
    maximum: 256
    default: 0
    description: threads that probe; 0 is one per core
  allow_networks:
    type: array
    default: []
    uniqueItems: true
    items: {type: string, format: cidr}
    description: networks that may be probed although they are refused by default
  deny_networks:
    type: array
    default: []
    uniqueItems: true
    items: {type: string, format: cidr}
    description: networks that are never probed; wins over allow_networks
  ca_file:
    type: string
    format: path
    description: PEM file of certificate authorities to trust beside the system's
  max_connections:
    type: integer
    minimum: 0
    maximum: 1000000
    default: 0
    description: connections kept open to servers; 0 is what the limit of open files leaves
  breaker:
    type: object
    default: {}
    description: when a server that does not answer is asked more rarely
    properties:
      failures:
        type: integer
        minimum: 1
        maximum: 100
        default: 5
        description: checks in a row without any answer before it opens
      first_delay:
        type: string
        format: duration
        minimum: 1s
        maximum: 1h
        default: 30s
        description: time to the first trial; doubled after each in vain
      most_delay:
        type: string
        format: duration
        minimum: 1s
        maximum: 1d
        default: 5m
        description: longest time between two trials
)yaml";

ProbingSettings read_probing(const Node& section) {
  ProbingSettings probing;
  probing.loops = static_cast<int>(read_integer(section, "loops"));
  probing.allow_networks = read_strings(section, "allow_networks");
  probing.deny_networks = read_strings(section, "deny_networks");
  if (has(section, "ca_file")) probing.ca_file = read_string(section, "ca_file");
  probing.max_connections = static_cast<int>(read_integer(section, "max_connections"));
  const Node& breaker = child(section, "breaker");
  probing.breaker.failures = static_cast<int>(read_integer(breaker, "failures"));
  probing.breaker.first_delay = read_duration(breaker, "first_delay");
  probing.breaker.most_delay =
      std::max(read_duration(breaker, "most_delay"), probing.breaker.first_delay);
  return probing;
}

}  // namespace muster
