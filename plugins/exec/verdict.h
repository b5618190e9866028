// What the end of a command and its words say of the server: the numbers and meanings of the
// Monitoring Plugins Development Guidelines, "Plugin Return Codes". Pure.
#pragma once

#include <string>

#include "muster/probe.h"

namespace exec_probe {

struct Ending {
  bool signalled = false;
  int code = 0;  // of the exit, or the signal
};

struct Verdict {
  muster_status status = MUSTER_UNKNOWN;
  muster_reason reason = MUSTER_REASON_NONE;
  std::string message;
};

// `said`: the first line of its output, or else of its error output.
Verdict judge(const Ending& ending, const std::string& said);

// It could not be started: errno says why.
Verdict judge_start(const std::string& program, int error);

Verdict judge_timeout(const std::string& said);

}  // namespace exec_probe
