// A custom metric's identity: a name with its labels in an organization, as table metric_series
// holds it. A value.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>

#include "common/model/check_result.h"

namespace muster {

struct MetricSeries {
  OrganizationKey organization = 0;
  bool is_counter = false;
  std::string name;
  std::string labels_json;  // an object, its members by name

  static constexpr std::size_t kMostNameBytes = 256;
  static constexpr std::size_t kMostLabels = 20;
  static constexpr std::size_t kMostLabelBytes = 256;
  // Name and labels stand in an index, whose entries hold 2,704 bytes, compressed or not.
  static constexpr std::size_t kMostLabelsJsonBytes = 2'000;

  // Nothing when it has no name, or is larger than we keep.
  static std::optional<MetricSeries> of(OrganizationKey organization, const Metric& metric);

  auto operator<=>(const MetricSeries&) const = default;
  bool operator==(const MetricSeries&) const = default;
};

}  // namespace muster
