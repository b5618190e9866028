// Makes the check for a target: the one place that knows every kind.
#pragma once

#include <filesystem>
#include <memory>

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

// `proc` is where the kernel's process files are, normally /proc.
std::unique_ptr<ComponentCheck> make_check(const CheckTarget& target,
                                           const std::filesystem::path& proc);

}  // namespace muster::shim
