// Commands of a shell for tests that set up servers of others; throws with their output when they
// fail.
#pragma once

#include <unistd.h>

#include <stdexcept>
#include <string>

#include "tests/support/child_process.h"

namespace muster::test {

inline std::string shell(const std::string& script) {
  ChildProcess child("bash", {"-ec", script});
  const auto code = child.wait_exit(std::chrono::seconds(60));
  if (code != 0) throw std::runtime_error(script + "\n" + child.output());
  return child.output();
}

// Servers refuse to run as root.
inline std::string as_account(const std::string& account) {
  return ::geteuid() == 0 ? "runuser -u " + account + " -- " : "";
}

}  // namespace muster::test
