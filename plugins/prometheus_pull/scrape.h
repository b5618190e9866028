// One document as a check sees it: the selected series, what their thresholds say, and
// node_exporter's figures. Made on one thread for one answer; borrows the configuration.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exposition.h"
#include "node_metrics.h"
#include "pull_config.h"

namespace prometheus_pull {

struct Series {  // one that is kept
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  bool is_counter = false;
};

struct Tally {  // of one selection
  std::size_t found = 0;
  muster_status worst = MUSTER_OK;
  std::string example;  // the labels of the first series that is so bad
};

class Scrape final : public SampleSink {
 public:
  explicit Scrape(const PullConfig& config);

  void read(std::string_view body, Dialect dialect, const ParseLimits& limits = {});

  const PullConfig& config() const { return config_; }
  const ParseReport& report() const { return report_; }
  const std::vector<Series>& series() const { return series_; }
  const std::vector<Tally>& tallies() const { return tallies_; }
  const NodeMetrics& node() const { return node_; }
  std::size_t left_out() const { return left_out_; }  // series over most_series

 private:
  void take(const Sample& sample) override;
  void keep(const Sample& sample);

  const PullConfig& config_;
  ParseReport report_;
  std::vector<Series> series_;
  std::vector<Tally> tallies_;
  NodeMetrics node_;
  std::size_t left_out_ = 0;
};

}  // namespace prometheus_pull
