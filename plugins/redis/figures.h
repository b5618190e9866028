// The metrics that INFO's answer holds. Pure, any thread.
#pragma once

#include <string>
#include <vector>

#include "info.h"
#include "muster/probe.h"

namespace redis_probe {

struct Figure {
  std::string_view name;
  std::int32_t kind;
  double value;
  std::string_view label;  // empty: none
  std::string label_value;
};

std::vector<Figure> figures_of(const Info& info);

}  // namespace redis_probe
