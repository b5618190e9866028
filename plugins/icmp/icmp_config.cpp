#include "icmp_config.h"

#include "muster/config.hpp"
#include "shared/gauge_limits.h"

namespace icmp_probe {

const char kSchema[] = R"({
  "type": "object",
  "properties": {
    "host": {"type": "string", "format": "host", "description": "Name or address; without it, the server's."},
    "family": {"type": "string", "enum": ["any", "ipv4", "ipv6"], "default": "any", "description": "Which addresses of a name are pinged."},
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 4, "description": "Echo requests of one check."},
    "interval": {"type": "string", "format": "duration", "minimum": "10ms", "maximum": "10s", "default": "200ms", "description": "From one to the next."},
    "wait": {"type": "string", "format": "duration", "minimum": "10ms", "maximum": "1m", "default": "1s", "description": "For an answer to the last one."},
    "size": {"type": "integer", "minimum": 16, "maximum": 65000, "default": 56, "description": "Bytes of data in each."},
    "loss_warning": {"type": "number", "minimum": 0, "maximum": 100, "default": 20, "description": "Percent of lost answers above which it is a warning."},
    "loss_critical": {"type": "number", "minimum": 0, "maximum": 100, "default": 80, "description": "The same, critical. Without any answer it always is."},
    "round_trip_warning": {"type": "string", "format": "duration", "description": "Mean round-trip time above which it is a warning."},
    "round_trip_critical": {"type": "string", "format": "duration", "description": "The same, critical."}
  }
})";

namespace {

std::int64_t nanoseconds(const muster::sdk::Config& config, const char* key) {
  return std::chrono::nanoseconds(config.duration(key)).count();
}

}  // namespace

IcmpConfig::IcmpConfig(std::string_view json) {
  const auto config = muster::sdk::Config::parse(json);
  host = config.text_or("host", "");
  family = config.text("family");
  count = static_cast<std::size_t>(config.integer("count"));
  size = static_cast<std::size_t>(config.integer("size"));
  interval_ns = nanoseconds(config, "interval");
  patience_ns = nanoseconds(config, "wait");
  loss = muster::probes::number_limits(config, "loss");
  round_trip = muster::probes::duration_limits(config, "round_trip");
}

bool IcmpConfig::takes(const std::string& address) const {
  const bool six = address.find(':') != std::string::npos;
  return family == "any" || six == (family == "ipv6");
}

}  // namespace icmp_probe
