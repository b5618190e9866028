// The command line of muster-simfleet, checked. A value, made once in main.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simfleet/rules.h"

namespace muster::sim {

struct Options {
  Ipv4 listen = 0;  // 0.0.0.0, or an address in 127.0.0.0/8
  std::uint16_t port = 18480;
  std::optional<std::uint16_t> tls_port;
  std::optional<std::uint16_t> closed_port;
  std::optional<std::uint16_t> silent_port;
  std::string ca_file;
  std::string token = "simfleet";
  std::vector<BehaviourRule> rules;
  std::vector<CertificateRule> tls_rules;
  unsigned threads = 1;
  std::chrono::seconds duration{0};  // 0: until SIGTERM
  bool help = false;
};

Result<Options> parse_options(const std::vector<std::string>& arguments);

// The text of --help, with the list of behaviours.
std::string usage();

}  // namespace muster::sim
