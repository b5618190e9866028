// The configuration of the plugin redis. Immutable, any thread.
#pragma once

#include <string>

#include "shared/limits.h"

namespace redis_probe {

struct RedisConfig {
  explicit RedisConfig(std::string_view json);
  explicit RedisConfig(const muster::sdk::Config& config);

  std::string host;  // empty: the server's
  std::uint16_t port = 0;
  bool tls = false;
  std::string server_name;  // empty: the host
  std::string user;         // empty: the default one
  std::string password;     // empty: no AUTH
  std::string role;         // "any", "master", "replica"
  std::int64_t min_replicas = 0;
  muster::probes::Limits memory_percent;
  muster::probes::Limits lag_seconds;
  muster::probes::Limits lag_bytes;
  muster::probes::Limits response_time_ms;
};

}  // namespace redis_probe
