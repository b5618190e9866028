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
  dns_servers:
    type: array
    default: []
    uniqueItems: true
    maxItems: 16
    items: {type: string, format: endpoint}
    description: DNS servers to ask, ADDRESS or ADDRESS:PORT; without any, those of /etc/resolv.conf
  canaries:
    type: object
    default: {}
    description: who should answer as long as our own network is well
    properties:
      targets:
        type: array
        uniqueItems: true
        maxItems: 16
        items: {type: string, format: canary}
        description: the default is the gateway and the DNS servers; an empty list turns this off
      every:
        type: string
        format: duration
        minimum: 100ms
        maximum: 1h
        default: 15s
        description: from one round of questions to the next
      timeout:
        type: string
        format: duration
        minimum: 50ms
        maximum: 2s
        default: 1s
        description: how long a canary has to answer
  mass_failure:
    type: object
    default: {}
    description: how many servers lost at once are a reason to ask the canaries first
    properties:
      share:
        type: number
        minimum: 0.05
        maximum: 1
        default: 0.5
        description: more than this part of the servers that answered before
      servers:
        type: integer
        minimum: 2
        maximum: 1000000
        default: 10
        description: which are this many at least
      window:
        type: string
        format: duration
        minimum: 1s
        maximum: 1h
        default: 30s
        description: lost within this time
)yaml";

namespace {

OwnFaultSettings read_own_fault(const Node& section) {
  OwnFaultSettings settings;
  const Node& canaries = child(section, "canaries");
  if (has(canaries, "targets")) settings.canaries = read_strings(canaries, "targets");
  settings.every = read_duration(canaries, "every");
  settings.timeout = read_duration(canaries, "timeout");
  const Node& mass = child(section, "mass_failure");
  settings.mass_failure.share = read_number(mass, "share");
  settings.mass_failure.servers = static_cast<int>(read_integer(mass, "servers"));
  settings.mass_failure.window = read_duration(mass, "window");
  return settings;
}

}  // namespace

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
  probing.dns_servers = read_strings(section, "dns_servers");
  probing.own_fault = read_own_fault(section);
  return probing;
}

}  // namespace muster
