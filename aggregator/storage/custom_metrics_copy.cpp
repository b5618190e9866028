#include "aggregator/storage/custom_metrics_copy.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace muster {
namespace {

constexpr std::int16_t kColumnCount = 5;

// Far enough from the ends of a double that no sum or rate of a rollup leaves them, which would be
// an error there.
double tame(double value) {
  constexpr double kMost = 1e300;
  constexpr double kLeast = 1e-300;
  return std::abs(value) < kLeast ? 0 : std::clamp(value, -kMost, kMost);
}

}  // namespace

CustomMetricsCopy::CustomMetricsCopy(std::vector<TimeRange> bounds, std::string reason)
    : facts_("custom_metrics", "ts, value, org_id, server_key, series_id", std::move(bounds),
             std::move(reason)) {}

void CustomMetricsCopy::add(const SeriesDictionary::Reading& reading) {
  CopyWriter& copy = facts_.begin_row(reading.row->at, kColumnCount);
  copy.time(reading.row->at);
  copy.float64(tame(reading.value));
  copy.int32(reading.row->organization);
  copy.int32(reading.row->server);
  copy.int32(reading.series);
  facts_.end_row();
}

}  // namespace muster
