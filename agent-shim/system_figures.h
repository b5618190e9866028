// The state of this server at one moment. A part that could not be read is absent, never zero.
// A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent-shim/proc_parsers.h"

namespace muster::shim {

struct CpuFigures {
  double usage_percent = 0;  // between the last two samples
  int cores = 0;
  LoadAverages load;
};

struct DiskFigures {
  std::uint64_t total_bytes = 0;
  std::uint64_t used_bytes = 0;
  double usage_percent = 0;  // as df has it: what users without privileges can still fill
};

struct DiskActivity {
  DiskCounters counters;
  double read_iops = 0;  // between the last two samples
  double write_iops = 0;
};

struct SystemFigures {
  std::optional<CpuFigures> cpu;
  std::optional<MemoryFigures> memory;
  std::optional<DiskFigures> disk;
  std::optional<DiskActivity> activity;
  std::optional<NetworkCounters> network;
  std::size_t sessions = 0;  // 0 too where no register of logins exists
};

double memory_usage_percent(const MemoryFigures& memory);

}  // namespace muster::shim
