// What an entry of the configuration says of whom to ping and how, and its schema. Immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/limits.h"

namespace icmp_probe {

extern const char kSchema[];

struct IcmpConfig {
  explicit IcmpConfig(std::string_view json);

  bool takes(const std::string& address) const;  // by its family

  std::string host;    // empty: the server's
  std::string family;  // "any", "ipv4" or "ipv6"
  std::size_t count;
  std::size_t size;
  std::int64_t interval_ns;
  std::int64_t patience_ns;  // for the last answer
  muster::probes::Limits loss, round_trip;
};

}  // namespace icmp_probe
