#include "scrape.h"

#include <algorithm>

namespace prometheus_pull {
namespace {

std::string shown(const std::vector<Label>& labels) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(labels.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + std::string(labels[i].name) + "=\"" +
            std::string(labels[i].value) + '"';
  }
  return text + (labels.size() > kMost ? ", ..." : "");
}

}  // namespace

Scrape::Scrape(const PullConfig& config)
    : config_(config), tallies_(config.selections.size()), node_(config.node) {}

void Scrape::read(std::string_view body, Dialect dialect, const ParseLimits& limits) {
  report_ = parse_exposition(body, dialect, limits, *this);
}

void Scrape::take(const Sample& sample) {
  if (config_.with_node_metrics) node_.take(sample);
  bool selected = false;
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    const Selection& selection = config_.selections[i];
    if (!selection.series.matches(sample)) continue;
    selected = true;
    Tally& tally = tallies_[i];
    ++tally.found;
    const muster_status status = selection.thresholds.judge(sample.value);
    if (status <= tally.worst) continue;
    tally.worst = status;
    tally.example = shown(sample.labels);
  }
  if (selected) keep(sample);
}

void Scrape::keep(const Sample& sample) {
  if (series_.size() == config_.most_series) {
    ++left_out_;
    return;
  }
  Series kept{std::string(sample.name), {}, sample.value, sample.is_counter};
  for (const auto& [name, value] : sample.labels) kept.labels.emplace_back(name, value);
  series_.push_back(std::move(kept));
}

}  // namespace prometheus_pull
