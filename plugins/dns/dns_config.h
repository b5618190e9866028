// The configuration of the plugin dns. Immutable, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/limits.h"
#include "shared/linear_regex.h"

namespace dns_probe {

struct DnsConfig {
  explicit DnsConfig(std::string_view json);
  explicit DnsConfig(const muster::sdk::Config& config);

  std::string query;  // may hold {host}
  std::string type_name;
  std::uint16_t type = 0;
  std::vector<std::string> resolvers;  // none: the server
  std::uint16_t port = 0;
  bool tcp = false;  // always
  bool recursion = true;
  std::string rcode;
  std::vector<std::string> contains;
  std::optional<std::vector<std::string>> exactly;
  std::optional<muster::probes::LinearRegex> matches;
  bool authenticated = false;
  bool authoritative = false;
  muster::probes::Limits response_time_ms;
};

// What to ask of a server: {host} filled in, an address turned around for PTR.
std::string query_for(const DnsConfig& config, std::string_view host);

}  // namespace dns_probe
