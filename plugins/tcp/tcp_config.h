// The configuration of the plugin tcp. Immutable, any thread.
#pragma once

#include <string>
#include <vector>

#include "shared/limits.h"
#include "step.h"

namespace tcp_probe {

struct TcpConfig {
  explicit TcpConfig(std::string_view json) : TcpConfig(muster::sdk::Config::parse(json)) {}
  explicit TcpConfig(const muster::sdk::Config& config)
      : host(config.text_or("host", "")),
        port(static_cast<std::uint16_t>(config.integer("port"))),
        tls(config.boolean("tls")),
        server_name(config.text_or("server_name", "")),
        steps(read_steps(config.list("steps"))),
        most_bytes(static_cast<std::size_t>(config.integer("max_bytes"))),
        response_time_ms(muster::probes::Limits::above(config, "response_time_ms")) {}

  const std::string host;  // empty: the server's
  const std::uint16_t port;
  const bool tls;
  const std::string server_name;  // empty: the host
  const std::vector<Step> steps;
  const std::size_t most_bytes;
  const muster::probes::Limits response_time_ms;
};

}  // namespace tcp_probe
