// Reads this server's figures when somebody asks. Rates are between the last two samples, which are
// at least a second apart, so that two curious clients do not shrink each other's window; the app
// takes the first sample at start, and so the first answer is already real. Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agent-shim/system_figures.h"
#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster::shim {

struct SamplerSettings {
  std::filesystem::path root = "/";  // where proc, sys and run are; tests give fixtures
  std::string mount = "/";
  std::vector<std::string> ignored_interfaces{"lo"};  // names, with * for any characters
};

class SystemSampler {
 public:
  SystemSampler(SamplerSettings settings, const Clock& clock);

  SystemFigures read();

 private:
  struct Sample {
    TimePoint at;
    std::optional<CpuTimes> cpu;
    std::optional<DiskCounters> disk;
  };
  struct Window {
    Sample before, after;
  };

  Sample take() const;
  Window advance();
  std::optional<CpuFigures> cpu(const Window& window) const;
  std::optional<DiskActivity> activity(const Window& window) const;
  std::optional<NetworkCounters> network() const;
  std::size_t sessions() const;
  std::size_t systemd_sessions() const;
  std::optional<std::string> text(const char* name) const;

  const SamplerSettings settings_;
  const Clock& clock_;
  Guarded<Window> window_;
};

// Space on the file system that holds `mount`.
std::optional<DiskFigures> disk_space(const std::string& mount);

}  // namespace muster::shim
