// Checks on their way to server_health_checks. Used for one batch. [writer]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "aggregator/storage/fact_copy.h"

namespace muster {

// What a row needs that other tables know.
struct RowKeys {
  std::int16_t probe_id = 0;
  std::int64_t detail_hash = 0;  // 0: nothing to say
};

class HealthCheckCopy {
 public:
  HealthCheckCopy(std::vector<TimeRange> bounds, std::string reason);

  void add(const ResultRow& row, const RowKeys& keys);
  FactCopy& facts() { return facts_; }

 private:
  FactCopy facts_;
};

}  // namespace muster
