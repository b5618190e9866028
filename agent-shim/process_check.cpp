#include "agent-shim/process_check.h"

#include <algorithm>
#include <cctype>

#include "agent-shim/proc_parsers.h"
#include "common/base/file.h"

namespace muster::shim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostBytes = 256 * 1024;
constexpr std::size_t kCommLength = 15;  // the kernel keeps no more of a process name

bool is_pid(const std::string& name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c); });
}

std::string first_argument(const fs::path& process) {
  const auto line = read_file(process / "cmdline", kMostBytes);
  return line ? line->substr(0, line->find('\0')) : "";
}

}  // namespace

Result<std::string> ProcessCheck::run(const Deadline& deadline) const {
  std::error_code error;
  fs::directory_iterator entries(proc_, error);
  if (error) return fail(ErrorCode::kInternal, proc_.string() + ": " + error.message());
  int running = 0;
  for (const fs::directory_iterator end; entries != end; entries.increment(error)) {
    if (error) break;
    if (is_pid(entries->path().filename()) && matches(entries->path())) ++running;
    if (deadline.remaining().count() == 0) {
      return fail(ErrorCode::kTimeout, "too many processes to look at in time");
    }
  }
  std::string message = std::to_string(running) + " running as " + target_.name;
  if (running >= target_.minimum) return message;
  return fail(ErrorCode::kUnavailable,
              message + ", expected at least " + std::to_string(target_.minimum));
}

bool ProcessCheck::matches(const fs::path& process) const {
  const auto stat = read_file(process / "stat", kMostBytes);
  const auto state = stat ? parse_process_stat(*stat) : fail(stat.error());
  if (!state || state->state == 'Z' || state->state == 'X') return false;
  if (target_.name.find('/') != std::string::npos) return first_argument(process) == target_.name;
  if (target_.name.size() <= kCommLength) return state->name == target_.name;
  return state->name == target_.name.substr(0, kCommLength) &&
         fs::path(first_argument(process)).filename() == target_.name;
}

}  // namespace muster::shim
