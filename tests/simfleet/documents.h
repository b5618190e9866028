// The documents that a simulated server answers with. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simfleet/address_range.h"

namespace muster::sim {

enum class Condition : std::uint8_t { kHealthy, kDegraded, kUnhealthy };

std::string_view health_document(Condition condition);

// Appends the metrics document. The values depend on the address and the time alone and move a
// little from minute to minute; a server that is not healthy is busier.
void append_metrics_document(std::string& out, Ipv4 address, Condition condition,
                             std::chrono::sys_seconds now);

}  // namespace muster::sim
