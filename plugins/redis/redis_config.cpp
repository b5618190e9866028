#include "redis_config.h"

namespace redis_probe {
namespace {

using muster::probes::Limits;
using muster::sdk::Config;

}  // namespace

RedisConfig::RedisConfig(std::string_view json) : RedisConfig(Config::parse(json)) {}

RedisConfig::RedisConfig(const Config& config)
    : host(config.text_or("host", "")),
      port(static_cast<std::uint16_t>(config.integer("port"))),
      tls(config.boolean("tls")),
      server_name(config.text_or("server_name", "")),
      user(config.text_or("user", "")),
      password(config.text_or("password", "")),
      role(config.text("role")),
      min_replicas(config.integer("min_replicas")),
      memory_percent(Limits::above(config, "memory_percent")),
      lag_seconds(Limits::above(config, "replication_lag_seconds")),
      lag_bytes(Limits::above(config, "replication_lag_bytes")),
      response_time_ms(Limits::above(config, "response_time_ms")) {
  if (!user.empty() && password.empty()) throw config.error("user", "needs a password");
}

}  // namespace redis_probe
