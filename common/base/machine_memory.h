// How much memory there is for this process. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>

namespace muster {

// Bytes: what the machine has, or less where a control group (v2) above this process says so.
// `process` is its folder in /proc, `groups` where control groups are mounted.
std::uint64_t memory_for_us(const std::filesystem::path& process = "/proc/self",
                            const std::filesystem::path& groups = "/sys/fs/cgroup");

}  // namespace muster
