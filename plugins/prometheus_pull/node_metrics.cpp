#include "node_metrics.h"

#include <algorithm>
#include <cmath>

#include "series_selector.h"

namespace prometheus_pull {
namespace {

constexpr double kShortestWindowSeconds = 0.5;  // of each CPU

bool comparable(const CpuTimes& before, const CpuTimes& now) {
  return before.cpus > 0 && before.cpus == now.cpus && now.total_seconds >= before.total_seconds;
}

double window_of(const CpuTimes& before, const CpuTimes& now) {
  return (now.total_seconds - before.total_seconds) / static_cast<double>(now.cpus);
}

double share(double part, double whole) {
  return std::clamp(100 * part / whole, 0.0, 100.0);
}

}  // namespace

std::optional<double> cpu_percent(const CpuTimes& before, const CpuTimes& now) {
  if (!comparable(before, now) || window_of(before, now) < kShortestWindowSeconds) {
    return std::nullopt;
  }
  const double total = now.total_seconds - before.total_seconds;
  return share(total - (now.idle_seconds - before.idle_seconds), total);
}

bool is_new_window(const CpuTimes& before, const CpuTimes& now) {
  return !comparable(before, now) || window_of(before, now) >= kShortestWindowSeconds;
}

void NodeMetrics::take(const Sample& sample) {
  constexpr std::string_view kOurs = "node_";
  if (!sample.name.starts_with(kOurs) || !std::isfinite(sample.value)) return;
  const std::string_view name = sample.name.substr(kOurs.size());
  if (name == "cpu_seconds_total") return take_cpu(sample);
  if (name.starts_with("memory_")) return take_memory(name.substr(7), sample.value);
  if (name.starts_with("filesystem_")) return take_filesystem(sample);
  if (name.starts_with("network_")) return take_network(sample);
  if (take_load(name, sample.value)) return;
  if (name == "time_seconds") now_ = sample.value;
  if (name == "boot_time_seconds") boot_ = sample.value;
}

void NodeMetrics::take_cpu(const Sample& sample) {
  const std::string_view mode = sample.label("mode");
  // Newer exporters count these apart; where they stand here, user and nice hold them already.
  if (mode == "guest" || mode == "guest_nice") return;
  cpu_.total_seconds += sample.value;
  if (mode == "idle" || mode == "iowait") cpu_.idle_seconds += sample.value;
  if (mode == "idle") ++cpu_.cpus;
}

bool NodeMetrics::take_load(std::string_view name, double value) {
  Reading* const reading = name == "load1"    ? &load_1_
                           : name == "load5"  ? &load_5_
                           : name == "load15" ? &load_15_
                                              : nullptr;
  if (reading != nullptr) *reading = value;
  return reading != nullptr;
}

void NodeMetrics::take_memory(std::string_view name, double value) {
  if (name == "MemTotal_bytes") memory_total_ = value;
  if (name == "MemAvailable_bytes") memory_available_ = value;
  if (name == "MemFree_bytes") memory_free_ = value;
  if (name == "Buffers_bytes") memory_buffers_ = value;
  if (name == "Cached_bytes") memory_cached_ = value;
  if (name == "SwapTotal_bytes") swap_total_ = value;
  if (name == "SwapFree_bytes") swap_free_ = value;
}

void NodeMetrics::take_filesystem(const Sample& sample) {
  // Where something is mounted over an early root, both are listed.
  if (sample.label("mountpoint") != settings_.mountpoint || sample.label("fstype") == "rootfs") {
    return;
  }
  if (sample.name == "node_filesystem_size_bytes") disk_size_ = sample.value;
  if (sample.name == "node_filesystem_free_bytes") disk_free_ = sample.value;
  if (sample.name == "node_filesystem_avail_bytes") disk_available_ = sample.value;
}

void NodeMetrics::take_network(const Sample& sample) {
  const bool received = sample.name == "node_network_receive_bytes_total";
  if (!received && sample.name != "node_network_transmit_bytes_total") return;
  const std::string_view device = sample.label("device");
  const auto& ignored = settings_.ignored_interfaces;
  const bool counts = std::none_of(ignored.begin(), ignored.end(), [&](const std::string& pattern) {
    return matches_name(pattern, device);
  });
  Reading& sum = received ? received_ : transmitted_;
  if (counts) sum = sum.value_or(0) + sample.value;
}

std::vector<NodeMetric> NodeMetrics::metrics() const {
  std::vector<NodeMetric> metrics;
  const auto add = [&](std::string_view name, const Reading& reading, bool is_counter = false) {
    if (reading) metrics.push_back({name, *reading, is_counter});
  };
  add("load_1m", load_1_);
  add("load_5m", load_5_);
  add("load_15m", load_15_);
  add_memory(metrics);
  add_disk(metrics);
  add("network_receive_bytes", received_, true);
  add("network_transmit_bytes", transmitted_, true);
  if (now_ && boot_ && *now_ >= *boot_) add("uptime_seconds", *now_ - *boot_);
  return metrics;
}

// Kernels before 3.14 do not say what is available.
NodeMetrics::Reading NodeMetrics::memory_available() const {
  if (memory_available_) return memory_available_;
  if (!memory_free_) return std::nullopt;
  return *memory_free_ + memory_buffers_.value_or(0) + memory_cached_.value_or(0);
}

void NodeMetrics::add_memory(std::vector<NodeMetric>& metrics) const {
  const Reading available = memory_available();
  if (memory_total_ && available && *memory_total_ > 0) {
    const double used = std::max(0.0, *memory_total_ - *available);
    metrics.push_back({"memory_total_bytes", *memory_total_});
    metrics.push_back({"memory_used_bytes", used});
    metrics.push_back({"memory_percent", share(used, *memory_total_)});
  }
  if (!swap_total_ || !swap_free_) return;
  const double used = std::max(0.0, *swap_total_ - *swap_free_);
  metrics.push_back({"swap_total_bytes", *swap_total_});
  metrics.push_back({"swap_used_bytes", used});
  if (*swap_total_ > 0) metrics.push_back({"swap_percent", share(used, *swap_total_)});
}

// The percentage is df's: of the space that is not reserved for root.
void NodeMetrics::add_disk(std::vector<NodeMetric>& metrics) const {
  if (!disk_size_ || !disk_free_ || *disk_size_ <= 0) return;
  const double used = std::max(0.0, *disk_size_ - *disk_free_);
  const double reachable = used + disk_available_.value_or(*disk_free_);
  metrics.push_back({"disk_total_bytes", *disk_size_});
  metrics.push_back({"disk_used_bytes", used});
  metrics.push_back({"disk_percent", reachable > 0 ? share(used, reachable) : 100});
}

}  // namespace prometheus_pull
