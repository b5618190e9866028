// The configuration of the plugin tcp. Immutable, any thread.
#pragma once

#include <string>
#include <vector>

#include "shared/threshold.h"
#include "step.h"

namespace tcp_probe {

struct TcpConfig {
  explicit TcpConfig(std::string_view json) : TcpConfig(muster::sdk::Config::parse(json)) {}
  explicit TcpConfig(const muster::sdk::Config& config)
      : host(config.has("host") ? config.text("host") : ""),
        port(static_cast<std::uint16_t>(config.integer("port"))),
        tls(config.boolean("tls")),
        server_name(config.has("server_name") ? config.text("server_name") : ""),
        steps(read_steps(config.list("steps"))),
        most_bytes(static_cast<std::size_t>(config.integer("max_bytes"))),
        response_time_ms(muster::probes::Threshold::read(config, "response_time_ms")) {}

  const std::string host;  // empty: the server's
  const std::uint16_t port;
  const bool tls;
  const std::string server_name;  // empty: the host
  const std::vector<Step> steps;
  const std::size_t most_bytes;
  const muster::probes::Threshold response_time_ms;
};

}  // namespace tcp_probe
