#include "agent-shim/proc_parsers.h"

#include <utmp.h>

#include <charconv>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

namespace muster::shim {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

template <typename Number>
std::optional<Number> to_number(std::string_view word) {
  Number number{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::vector<std::uint64_t> leading_numbers(std::string_view line) {
  std::vector<std::uint64_t> numbers;
  while (const auto number = to_number<std::uint64_t>(next_word(line))) numbers.push_back(*number);
  return numbers;
}

std::uint64_t plus(std::uint64_t left, std::uint64_t right) {
  std::uint64_t sum = 0;
  const bool overflow = __builtin_add_overflow(left, right, &sum);
  return overflow ? std::numeric_limits<std::uint64_t>::max() : sum;
}

std::uint64_t minus(std::uint64_t left, std::uint64_t right) {
  return left > right ? left - right : 0;
}

}  // namespace

Result<CpuTimes> parse_cpu_times(std::string_view stat) {
  CpuTimes times;
  bool found = false;
  while (!stat.empty()) {
    std::string_view line = next_line(stat);
    const std::string_view name = next_word(line);
    if (name.starts_with("cpu") && name.size() > 3) ++times.cores;
    if (name != "cpu") continue;
    // user nice system idle iowait irq softirq steal; guest times are part of user and nice.
    auto ticks = leading_numbers(line);
    if (ticks.size() < 4) break;
    ticks.resize(8);
    for (const std::uint64_t tick : ticks) times.total = plus(times.total, tick);
    times.busy = minus(times.total, plus(ticks[3], ticks[4]));
    found = true;
  }
  if (!found) return fail(ErrorCode::kInvalid, "/proc/stat has no usable cpu line");
  return times;
}

double cpu_usage_percent(const CpuTimes& before, const CpuTimes& after) {
  const std::uint64_t total = minus(after.total, before.total);
  if (total == 0) return 0;
  const std::uint64_t busy = std::min(minus(after.busy, before.busy), total);
  return 100.0 * static_cast<double>(busy) / static_cast<double>(total);
}

Result<MemoryFigures> parse_meminfo(std::string_view meminfo) {
  std::map<std::string_view, std::uint64_t> bytes;
  while (!meminfo.empty()) {
    std::string_view line = next_line(meminfo);
    std::string_view key = next_word(line);
    const auto kilobytes = to_number<std::uint64_t>(next_word(line));
    if (!key.ends_with(':') || !kilobytes || *kilobytes >> 54 != 0) continue;
    key.remove_suffix(1);
    bytes[key] = *kilobytes * 1024;
  }
  MemoryFigures figures;
  figures.total_bytes = bytes["MemTotal"];
  if (figures.total_bytes == 0) return fail(ErrorCode::kInvalid, "/proc/meminfo has no MemTotal");
  figures.available_bytes = bytes.contains("MemAvailable")
                                ? bytes["MemAvailable"]
                                : bytes["MemFree"] + bytes["Buffers"] + bytes["Cached"];
  figures.available_bytes = std::min(figures.available_bytes, figures.total_bytes);
  figures.swap_used_bytes = minus(bytes["SwapTotal"], bytes["SwapFree"]);
  return figures;
}

Result<LoadAverages> parse_loadavg(std::string_view loadavg) {
  std::string_view line = next_line(loadavg);
  const auto one = to_number<double>(next_word(line));
  const auto five = to_number<double>(next_word(line));
  const auto fifteen = to_number<double>(next_word(line));
  if (!one || !five || !fifteen) return fail(ErrorCode::kInvalid, "/proc/loadavg does not parse");
  return LoadAverages{*one, *five, *fifteen};
}

DiskCounters parse_diskstats(std::string_view diskstats, const NameFilter& counted) {
  DiskCounters sum;
  while (!diskstats.empty()) {
    std::string_view line = next_line(diskstats);
    next_word(line);  // major
    next_word(line);  // minor
    const std::string name(next_word(line));
    const auto numbers = leading_numbers(line);
    if (numbers.size() < 5 || !counted(name)) continue;
    sum.reads = plus(sum.reads, numbers[0]);
    sum.writes = plus(sum.writes, numbers[4]);
  }
  return sum;
}

NetworkCounters parse_net_dev(std::string_view net_dev, const NameFilter& counted) {
  NetworkCounters sum;
  while (!net_dev.empty()) {
    std::string_view line = next_line(net_dev);
    const std::size_t colon = line.find(':');  // a big counter may follow it without a blank
    if (colon == std::string_view::npos) continue;
    std::string_view before = line.substr(0, colon);
    const std::string name(next_word(before));
    const auto numbers = leading_numbers(line.substr(colon + 1));
    if (numbers.size() < 11 || !counted(name)) continue;
    sum.rx_bytes = plus(sum.rx_bytes, numbers[0]);
    sum.rx_errors = plus(sum.rx_errors, numbers[2]);
    sum.tx_bytes = plus(sum.tx_bytes, numbers[8]);
    sum.tx_errors = plus(sum.tx_errors, numbers[10]);
  }
  return sum;
}

Result<ProcessState> parse_process_stat(std::string_view stat) {
  // "PID (NAME) STATE ...": only the last parenthesis ends a name, because names may hold any.
  const std::size_t open = stat.find('(');
  const std::size_t close = stat.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      close + 2 >= stat.size()) {
    return fail(ErrorCode::kInvalid, "a process stat file does not parse");
  }
  return ProcessState{std::string(stat.substr(open + 1, close - open - 1)), stat[close + 2]};
}

std::vector<pid_t> parse_utmp_sessions(std::string_view bytes) {
  std::vector<pid_t> sessions;
  while (bytes.size() >= sizeof(struct utmp)) {
    struct utmp record;
    std::memcpy(&record, bytes.data(), sizeof record);
    bytes.remove_prefix(sizeof record);
    if (record.ut_type == USER_PROCESS && record.ut_pid > 0) sessions.push_back(record.ut_pid);
  }
  return sessions;
}

bool is_user_session(std::string_view session) {
  bool user = false;
  while (!session.empty()) {
    const std::string_view line = next_line(session);
    if (line == "CLASS=user") user = true;
    if (line == "STATE=closing") return false;
  }
  return user;
}

}  // namespace muster::shim
