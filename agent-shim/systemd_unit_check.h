// Healthy when `systemctl is-active UNIT` says active. Started without a shell, killed at the
// deadline. Where systemd does not run the message begins with "unknown".
#pragma once

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

class SystemdUnitCheck final : public ComponentCheck {
 public:
  explicit SystemdUnitCheck(UnitTarget target) : target_(std::move(target)) {}
  Result<std::string> run(const Deadline& deadline) const override;

 private:
  const UnitTarget target_;
};

}  // namespace muster::shim
