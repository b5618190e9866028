#include "common/base/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "common/base/file.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 64UL * 1024;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// "max", or a number.
std::uint64_t limit_of(const fs::path& group) {
  const auto text = read_file(group / "memory.max", kMostBytes);
  std::uint64_t limit = kNoLimit;
  if (text) std::from_chars(text->data(), text->data() + text->size(), limit);
  return limit;
}

// "0::/system.slice/muster.service"; in a container of its own, "0::/".
fs::path group_of(const fs::path& process) {
  const std::string text = read_file(process / "cgroup", kMostBytes).value_or("");
  const std::size_t line = text.find("0::/");
  if (line == std::string::npos) return {};
  const std::size_t begin = line + 4;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

std::uint64_t memory_for_us(const fs::path& process, const fs::path& groups) {
  std::uint64_t memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (fs::path group = group_of(process); !group.empty(); group = group.parent_path()) {
    memory = std::min(memory, limit_of(groups / group));
  }
  return std::min(memory, limit_of(groups));
}

}  // namespace muster
