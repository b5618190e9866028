// Takes apart what a command wrote, as the Monitoring Plugins Development Guidelines ("Plugin
// Output for Nagios") and Nagios Core's plugin API say: TEXT | PERFDATA, then lines of long text,
// and after the first '|' in those nothing but performance data. Pure.
#pragma once

#include <string>
#include <string_view>

namespace exec_probe {

struct CommandOutput {
  std::string message;   // the first line; valid UTF-8
  std::string perfdata;  // of all lines
};

CommandOutput read_output(std::string_view text);

// The first line that is not blank, as valid UTF-8; bytes that are none become U+FFFD.
std::string first_line(std::string_view text);

// Without the last word, which a cap may have cut in the middle of a number.
std::string_view without_last_word(std::string_view text);

}  // namespace exec_probe
