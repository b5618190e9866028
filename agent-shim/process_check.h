// Healthy when at least `minimum` processes of a name run. Zombies do not count.
#pragma once

#include <filesystem>

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

class ProcessCheck final : public ComponentCheck {
 public:
  ProcessCheck(ProcessTarget target, std::filesystem::path proc)
      : target_(std::move(target)), proc_(std::move(proc)) {}
  Result<std::string> run(const Deadline& deadline) const override;

 private:
  bool matches(const std::filesystem::path& process) const;

  const ProcessTarget target_;
  const std::filesystem::path proc_;
};

}  // namespace muster::shim
