#include "redis_config.h"

namespace redis_probe {
namespace {

using muster::probes::Threshold;
using muster::sdk::Config;

std::string text_or_nothing(const Config& config, std::string_view key) {
  return config.has(key) ? config.text(key) : std::string();
}

}  // namespace

RedisConfig::RedisConfig(std::string_view json) : RedisConfig(Config::parse(json)) {}

RedisConfig::RedisConfig(const Config& config)
    : host(text_or_nothing(config, "host")),
      port(static_cast<std::uint16_t>(config.integer("port"))),
      tls(config.boolean("tls")),
      server_name(text_or_nothing(config, "server_name")),
      user(text_or_nothing(config, "user")),
      password(text_or_nothing(config, "password")),
      role(config.text("role")),
      min_replicas(config.integer("min_replicas")),
      memory_percent(Threshold::read(config, "memory_percent")),
      lag_seconds(Threshold::read(config, "replication_lag_seconds")),
      lag_bytes(Threshold::read(config, "replication_lag_bytes")),
      response_time_ms(Threshold::read(config, "response_time_ms")) {
  if (!user.empty() && password.empty()) throw config.error("user", "needs a password");
}

}  // namespace redis_probe
