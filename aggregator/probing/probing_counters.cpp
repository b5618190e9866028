#include "aggregator/probing/probing_counters.h"

namespace muster {
namespace {

double seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

void ProbingCounters::count(const CheckResult& result) {
  results[static_cast<std::size_t>(result.reason)].fetch_add(1, std::memory_order_relaxed);
  duration.observe(seconds(result.duration));
  const auto& took = result.phases;
  const std::array<std::chrono::microseconds, 5> times{took.dns, took.connect, took.tls,
                                                       took.first_byte, took.transfer};
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i].count() > 0) phases[i].observe(seconds(times[i]));
  }
}

}  // namespace muster
