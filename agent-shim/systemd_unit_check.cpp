#include "agent-shim/systemd_unit_check.h"

#include <filesystem>

#include "agent-shim/program_output.h"

namespace muster::shim {

Result<std::string> SystemdUnitCheck::run(const Deadline& deadline) const {
  std::error_code ignored;
  if (!std::filesystem::is_directory("/run/systemd/system", ignored)) {
    return fail(ErrorCode::kUnavailable, "unknown: systemd does not run on this server");
  }
  // Ends with an error code for every state but active, so only what it prints counts.
  auto state = program_output({"/usr/bin/systemctl", "is-active", "--", target_.name}, deadline);
  if (!state) return fail(state.error().in("unknown: systemctl"));
  while (!state->empty() && state->back() == '\n') state->pop_back();
  if (*state == "active" || *state == "reloading") return target_.name + " is " + *state;
  if (state->empty()) return fail(ErrorCode::kUnavailable, "unknown: systemctl said nothing");
  return fail(ErrorCode::kUnavailable, target_.name + " is " + *state);
}

}  // namespace muster::shim
