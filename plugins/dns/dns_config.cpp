#include "dns_config.h"

#include <stdexcept>

#include "dns_message.h"

namespace dns_probe {
namespace {

using muster::probes::LinearRegex;
using muster::sdk::Config;

std::optional<LinearRegex> pattern_of(const Config& config) {
  if (!config.has("matches")) return std::nullopt;
  try {
    return LinearRegex(config.text("matches"));
  } catch (const std::invalid_argument& error) {
    throw config.error("matches", error.what());
  }
}

}  // namespace

DnsConfig::DnsConfig(std::string_view json) : DnsConfig(Config::parse(json)) {}

DnsConfig::DnsConfig(const Config& config)
    : query(config.text("query")),
      type_name(config.text("type")),
      type(type_of(type_name).value_or(0)),
      resolvers(config.texts("resolvers")),
      port(static_cast<std::uint16_t>(config.integer("port"))),
      tcp(config.text("transport") == "tcp"),
      recursion(config.boolean("recursion")),
      rcode(config.text("rcode")),
      contains(config.texts("contains")),
      matches(pattern_of(config)),
      authenticated(config.boolean("authenticated")),
      authoritative(config.boolean("authoritative")),
      response_time_ms(muster::probes::Limits::above(config, "response_time_ms")) {
  if (config.has("exactly")) exactly = config.texts("exactly");
  if (exactly && !contains.empty()) throw config.error("exactly", "stands without contains");
  if (!to_bytes({0, query_for(*this, "host.example"), type})) {
    throw config.error("query", "is no name of DNS");
  }
}

std::string query_for(const DnsConfig& config, std::string_view host) {
  constexpr std::string_view kHost = "{host}";
  std::string name = config.query;
  if (const std::size_t at = name.find(kHost); at != std::string::npos) {
    name.replace(at, kHost.size(), host);
  }
  if (config.type_name != "PTR") return name;
  return reverse_name(name).value_or(name);
}

}  // namespace dns_probe
