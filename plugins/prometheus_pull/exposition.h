// Reads a metrics document: Prometheus' text format 0.0.4 or OpenMetrics 1.0.0. One pass, linear in
// the text, bounded by caps. A line that is not of the format is counted and left out. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "sample.h"

namespace prometheus_pull {

enum class Dialect { kText, kOpenMetrics };

// By the answer's Content-Type; what it does not know is taken for the text format.
Dialect dialect_of(std::string_view content_type);

struct ParseLimits {
  std::size_t lines = 200'000;
  std::size_t samples = 100'000;
};

struct ParseReport {
  std::size_t lines = 0;
  std::size_t samples = 0;
  std::size_t bad_lines = 0;
  bool over_limit = false;   // the rest was not read
  bool without_end = false;  // OpenMetrics that did not come to its "# EOF"
};

ParseReport parse_exposition(std::string_view text, Dialect dialect, const ParseLimits& limits,
                             SampleSink& sink);

}  // namespace prometheus_pull
