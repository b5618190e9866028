// Makes the standard metrics of a server out of the series of Prometheus' node_exporter (0.16 and
// newer, on Linux), by the same rules as muster-shim. One a document, one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sample.h"

namespace prometheus_pull {

// Since boot, of all CPUs together; what is kept of a server from scrape to scrape.
struct CpuTimes {
  std::size_t cpus = 0;
  double total_seconds = 0;
  double idle_seconds = 0;  // waiting for a disk included
};

// Between two scrapes. Nothing at the first one, after a reboot, when CPUs came or went, and while
// less than half a second went by.
std::optional<double> cpu_percent(const CpuTimes& before, const CpuTimes& now);

// Which of two readings the next scrape is compared with: one made at once after another would make
// a poor window.
bool is_new_window(const CpuTimes& before, const CpuTimes& now);

struct NodeSettings {
  std::string mountpoint = "/";                       // whose space is the disk's
  std::vector<std::string> ignored_interfaces{"lo"};  // names, or beginnings with a *
};

struct NodeMetric {
  std::string_view name;
  double value = 0;
  bool is_counter = false;
};

class NodeMetrics {
 public:
  explicit NodeMetrics(const NodeSettings& settings) : settings_(settings) {}

  void take(const Sample& sample);
  const CpuTimes& cpu() const { return cpu_; }
  std::vector<NodeMetric> metrics() const;  // all but cpu_percent

 private:
  using Reading = std::optional<double>;

  void take_memory(std::string_view name, double value);
  void take_filesystem(const Sample& sample);
  void take_network(const Sample& sample);
  void take_cpu(const Sample& sample);
  bool take_load(std::string_view name, double value);
  void add_memory(std::vector<NodeMetric>& metrics) const;
  void add_disk(std::vector<NodeMetric>& metrics) const;
  Reading memory_available() const;

  const NodeSettings& settings_;
  CpuTimes cpu_;
  Reading load_1_, load_5_, load_15_;
  Reading memory_total_, memory_available_, memory_free_, memory_buffers_, memory_cached_;
  Reading swap_total_, swap_free_;
  Reading disk_size_, disk_free_, disk_available_;
  Reading received_, transmitted_;
  Reading now_, boot_;
};

}  // namespace prometheus_pull
