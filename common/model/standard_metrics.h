// The well-known metrics: the columns of server_metrics_aggregated, in their order. A plugin's
// metric of such a name, without labels, is stored there. The table is the one place to add one.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/model/check_result.h"

namespace muster {

struct StandardMetric {
  enum class Type : std::uint8_t { kBigint, kReal, kInteger };
  enum class Kind : std::uint8_t { kGauge, kCounter };
  std::string_view name;
  Type type;
  Kind kind = Kind::kGauge;
};

inline constexpr std::array kStandardMetrics{
    StandardMetric{"memory_used_bytes", StandardMetric::Type::kBigint},
    StandardMetric{"memory_total_bytes", StandardMetric::Type::kBigint},
    StandardMetric{"swap_used_bytes", StandardMetric::Type::kBigint},
    StandardMetric{"swap_total_bytes", StandardMetric::Type::kBigint},
    StandardMetric{"disk_used_bytes", StandardMetric::Type::kBigint},
    StandardMetric{"disk_total_bytes", StandardMetric::Type::kBigint},
    StandardMetric{"network_receive_bytes", StandardMetric::Type::kBigint,
                   StandardMetric::Kind::kCounter},
    StandardMetric{"network_transmit_bytes", StandardMetric::Type::kBigint,
                   StandardMetric::Kind::kCounter},
    StandardMetric{"cpu_percent", StandardMetric::Type::kReal},
    StandardMetric{"load_1m", StandardMetric::Type::kReal},
    StandardMetric{"load_5m", StandardMetric::Type::kReal},
    StandardMetric{"load_15m", StandardMetric::Type::kReal},
    StandardMetric{"memory_percent", StandardMetric::Type::kReal},
    StandardMetric{"swap_percent", StandardMetric::Type::kReal},
    StandardMetric{"disk_percent", StandardMetric::Type::kReal},
    StandardMetric{"requests_per_minute", StandardMetric::Type::kReal},
    StandardMetric{"llm_requests_per_minute", StandardMetric::Type::kReal},
    StandardMetric{"llm_tokens_per_second", StandardMetric::Type::kReal},
    StandardMetric{"llm_queue_depth", StandardMetric::Type::kInteger},
    StandardMetric{"services_total", StandardMetric::Type::kInteger},
    StandardMetric{"services_healthy", StandardMetric::Type::kInteger},
    StandardMetric{"users_active", StandardMetric::Type::kInteger},
    StandardMetric{"users_sessions", StandardMetric::Type::kInteger},
};

// One value for each, NaN where the check gave none.
using StandardMetricValues = std::array<double, kStandardMetrics.size()>;

// Whether it is one of them; with labels it is not the whole server's.
bool is_standard(const Metric& metric);

// Nothing when no metric of the result is a standard one.
std::optional<StandardMetricValues> standard_metrics(const std::vector<Metric>& metrics);

}  // namespace muster
