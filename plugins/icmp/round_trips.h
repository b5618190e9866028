// What became of the echo requests of one run: who was answered, and how soon. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "icmp_config.h"
#include "shared/report.h"

namespace icmp_probe {

class RoundTrips {
 public:
  explicit RoundTrips(std::size_t count) : sent_at_ns_(count), took_seconds_(count) {}

  void sent(std::uint16_t sequence, std::int64_t at_ns);
  // An answer to what was not sent, and a second one, count for nothing.
  void answered(std::uint16_t sequence, std::int64_t at_ns);

  std::size_t answers() const { return answers_; }
  bool complete() const { return answers_ == took_seconds_.size(); }
  double loss_percent() const;

  // Loss and times as metrics, and parts for what has limits. There is an answer.
  void judge(const IcmpConfig& config, muster::probes::Report& report) const;

 private:
  std::vector<std::optional<std::int64_t>> sent_at_ns_;
  std::vector<std::optional<double>> took_seconds_;
  std::size_t answers_ = 0;
};

}  // namespace icmp_probe
