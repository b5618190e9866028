#include "verdict.h"

#include <cerrno>
#include <cstring>

namespace exec_probe {
namespace {

std::string with(std::string what, const std::string& said) {
  return said.empty() ? what : std::move(what) + ": " + said;
}

std::string signal_name(int number) {
  const char* const name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

}  // namespace

Verdict judge(const Ending& ending, const std::string& said) {
  if (ending.signalled) {
    return {MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN,
            with("the command was ended by " + signal_name(ending.code), said)};
  }
  if (ending.code == MUSTER_OK) return {MUSTER_OK, MUSTER_REASON_NONE, said};
  const std::string number = std::to_string(ending.code);
  const std::string message =
      said.empty() ? "the command exited with " + number + " and said nothing" : said;
  if (ending.code == MUSTER_WARNING || ending.code == MUSTER_CRITICAL) {
    return {ending.code, MUSTER_REASON_REPORTED_UNHEALTHY, message};
  }
  if (ending.code == MUSTER_UNKNOWN || said.empty()) {
    return {MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN, message};
  }
  return {MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN, with("the command exited with " + number, said)};
}

Verdict judge_start(const std::string& program, int error) {
  // No room for processes or descriptors is our own trouble, and passes.
  const bool overload = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
  return {MUSTER_UNKNOWN, overload ? MUSTER_REASON_SELF_OVERLOAD : MUSTER_REASON_PLUGIN,
          "cannot run " + program + ": " + ::strerrordesc_np(error)};
}

Verdict judge_timeout(const std::string& said) {
  return {MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE,
          with("the command did not end in time", said)};
}

}  // namespace exec_probe
