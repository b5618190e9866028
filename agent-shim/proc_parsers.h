// Reads the text of the kernel's /proc files. Pure functions: text in, figures out. The text is
// taken as it comes: a line that is cut off or does not parse is skipped, numbers never wrap.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace muster::shim {

struct CpuTimes {  // /proc/stat, in ticks since boot, all cores together
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
  int cores = 0;
};
Result<CpuTimes> parse_cpu_times(std::string_view stat);
// In percent between two readings; 0 when no time passed or the counters ran backwards.
double cpu_usage_percent(const CpuTimes& before, const CpuTimes& after);

struct MemoryFigures {  // /proc/meminfo
  std::uint64_t total_bytes = 0;
  std::uint64_t available_bytes = 0;
  std::uint64_t swap_used_bytes = 0;
};
Result<MemoryFigures> parse_meminfo(std::string_view meminfo);

struct LoadAverages {
  double one = 0, five = 0, fifteen = 0;
};
Result<LoadAverages> parse_loadavg(std::string_view loadavg);

struct DiskCounters {  // /proc/diskstats, completed operations since boot
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
};
using NameFilter = std::function<bool(const std::string& name)>;
DiskCounters parse_diskstats(std::string_view diskstats, const NameFilter& counted);

struct NetworkCounters {  // /proc/net/dev
  std::uint64_t rx_bytes = 0, tx_bytes = 0, rx_errors = 0, tx_errors = 0;
};
NetworkCounters parse_net_dev(std::string_view net_dev, const NameFilter& counted);

struct ProcessState {  // /proc/PID/stat
  std::string name;    // at most 15 characters; may hold spaces and parentheses
  char state = '?';
};
Result<ProcessState> parse_process_stat(std::string_view stat);

// The processes that head a login session, from the bytes of /run/utmp.
std::vector<pid_t> parse_utmp_sessions(std::string_view utmp);

// Whether a file of /run/systemd/sessions is that of a user who is still there.
bool is_user_session(std::string_view session);

}  // namespace muster::shim
