#include "step.h"

#include <charconv>

namespace tcp_probe {
namespace {

using muster::probes::LinearRegex;
using muster::sdk::Config;

constexpr std::size_t kMostNameBytes = 60;

std::string bytes_of(const std::string& digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size();) {
    if (digits[at] == ' ') {
      ++at;
      continue;
    }
    unsigned byte = 0;
    std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
    bytes += static_cast<char>(byte);
    at += 2;
  }
  return bytes;
}

std::optional<LinearRegex> pattern_of(const Config& step, std::string_view key) {
  if (!step.has(key)) return std::nullopt;
  try {
    return LinearRegex(step.text(key));
  } catch (const std::invalid_argument& wrong) {
    throw step.error(key, wrong.what());
  }
}

// The one key that says what the step does.
std::string_view action_of(const Config& step) {
  constexpr std::string_view kActions[] = {"send",        "send_hex",   "expect",
                                           "expect_text", "expect_hex", "starttls"};
  std::string_view found;
  for (const std::string_view action : kActions) {
    if (!step.has(action)) continue;
    if (!found.empty())
      throw step.error(action, "a step does one thing; it has " + std::string(found));
    found = action;
  }
  if (found.empty())
    throw step.error("", "a step has send, send_hex, expect, expect_text, expect_hex or starttls");
  return found;
}

void fill_in(Step& step, const Config& config, std::string_view action) {
  if (action == "starttls") {
    if (!config.boolean("starttls")) throw config.error("starttls", "is true, or is not given");
    step.kind = Step::Kind::kStartTls;
    return;
  }
  step.text = config.text(action);
  if (action == "send") {
    step.kind = Step::Kind::kSend;
  } else if (action == "expect") {
    step.kind = Step::Kind::kExpectLine;
    step.pattern = pattern_of(config, "expect");
  } else {
    if (action.ends_with("_hex")) step.text = bytes_of(step.text);
    step.kind = action == "send_hex" ? Step::Kind::kSendBytes : Step::Kind::kExpectText;
  }
}

// What is sent may be a secret, so its name is all that a message says of it.
std::string name_of(const Config& config, std::string_view action, std::size_t number) {
  std::string name = "step " + std::to_string(number);
  if (config.has("name")) return name + " (" + config.text("name") + ")";
  name += ", " + std::string(action);
  if (action == "expect" || action == "expect_text") {
    const std::string text = config.text(action);
    name += " " + (text.size() <= kMostNameBytes ? text : text.substr(0, kMostNameBytes) + "...");
  }
  return name;
}

}  // namespace

std::vector<Step> read_steps(const std::vector<Config>& list) {
  std::vector<Step> steps;
  for (const Config& config : list) {
    const std::string_view action = action_of(config);
    Step step;
    step.name = name_of(config, action, steps.size() + 1);
    fill_in(step, config, action);
    if (config.has("reject") && step.kind != Step::Kind::kExpectLine) {
      throw config.error("reject", "stands beside expect");
    }
    step.reject = pattern_of(config, "reject");
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace tcp_probe
