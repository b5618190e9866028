// One step of a dialogue as the configuration has it. A value, immutable after reading, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "muster/config.hpp"
#include "shared/linear_regex.h"

namespace tcp_probe {

struct Step {
  enum class Kind { kSend, kSendBytes, kExpectLine, kExpectText, kStartTls };
  Kind kind = Kind::kStartTls;
  std::string name;                                    // for people: "step 2, expect ^220"
  std::string text;                                    // to send, or to wait for
  std::optional<muster::probes::LinearRegex> pattern;  // of kExpectLine
  std::optional<muster::probes::LinearRegex> reject;
};

// Throws ConfigError.
std::vector<Step> read_steps(const std::vector<muster::sdk::Config>& list);

}  // namespace tcp_probe
