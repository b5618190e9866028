// The result of one run in the host's terms: the verdict, and the command's performance data as
// metrics. Lives on the stack of whoever completes the run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "muster/probe.hpp"
#include "perfdata.h"
#include "verdict.h"

namespace exec_probe {

class Findings {
 public:
  // `cut`: there was more output than is kept.
  Findings(const Verdict& verdict, std::string_view output, bool cut, bool limits);

  void complete(muster::sdk::Run run) &&;

 private:
  void add_metrics(const Reading& reading, bool limits);
  void add(std::string name, double value, bool counter, const Reading& reading);

  struct Named {
    std::string name;
    double value;
    bool counter;
    muster_pair label;
    bool labelled;
  };

  const Verdict verdict_;
  std::string message_;
  std::vector<Reading> readings_;
  std::vector<Named> metrics_;
};

}  // namespace exec_probe
