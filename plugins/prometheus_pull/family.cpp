#include "family.h"

#include <algorithm>
#include <array>

namespace prometheus_pull {
namespace {

constexpr std::array<std::string_view, 4> kRising{"_total", "_bucket", "_count", "_sum"};

}  // namespace

bool Family::is_counter(std::string_view sample_name) const {
  if (name_.empty() || !sample_name.starts_with(name_)) return sample_name.ends_with("_total");
  const std::string_view suffix = sample_name.substr(name_.size());
  const bool rising = std::find(kRising.begin(), kRising.end(), suffix) != kRising.end();
  if (type_ == "counter") return suffix.empty() || suffix == "_total";
  if (type_ == "histogram" || type_ == "summary") return rising;
  // OpenMetrics calls it unknown, the older format untyped.
  if (type_ == "unknown" || type_ == "untyped") return sample_name.ends_with("_total");
  return false;
}

}  // namespace prometheus_pull
