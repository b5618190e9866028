#include "round_trips.h"

#include <algorithm>
#include <cmath>

#include "shared/gauge_limits.h"

namespace icmp_probe {

void RoundTrips::sent(std::uint16_t sequence, std::int64_t at_ns) {
  if (sequence < sent_at_ns_.size()) sent_at_ns_[sequence] = at_ns;
}

void RoundTrips::answered(std::uint16_t sequence, std::int64_t at_ns) {
  if (sequence >= sent_at_ns_.size() || !sent_at_ns_[sequence] || took_seconds_[sequence]) return;
  // Never below zero, when the system's clock was set meanwhile.
  const std::int64_t took_ns = std::max<std::int64_t>(at_ns - *sent_at_ns_[sequence], 0);
  took_seconds_[sequence] = static_cast<double>(took_ns) / 1e9;
  ++answers_;
}

double RoundTrips::loss_percent() const {
  const auto all = static_cast<double>(took_seconds_.size());
  return 100 * (all - static_cast<double>(answers_)) / all;
}

// Jitter is the mean difference from one round trip to the next.
void RoundTrips::judge(const IcmpConfig& config, muster::probes::Report& report) const {
  muster::probes::judge_measure(report, "loss", "packet_loss_percent", loss_percent(), config.loss,
                                "answers are lost");
  std::vector<double> took;
  for (const auto& seconds : took_seconds_) {
    if (seconds) took.push_back(*seconds);
  }
  if (took.empty()) return;
  double sum = 0, changes = 0;
  for (std::size_t i = 0; i < took.size(); ++i) {
    sum += took[i];
    if (i > 0) changes += std::abs(took[i] - took[i - 1]);
  }
  const auto [least, most] = std::minmax_element(took.begin(), took.end());
  report.add_metric("round_trip_min_seconds", *least);
  muster::probes::judge_measure(report, "round trip", "round_trip_avg_seconds",
                                sum / static_cast<double>(took.size()), config.round_trip,
                                "answers take too long");
  report.add_metric("round_trip_max_seconds", *most);
  if (took.size() > 1) {
    report.add_metric("round_trip_jitter_seconds", changes / static_cast<double>(took.size() - 1));
  }
}

}  // namespace icmp_probe
