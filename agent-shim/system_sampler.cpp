#include "agent-shim/system_sampler.h"

#include <fnmatch.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "common/base/file.h"

namespace muster::shim {
namespace fs = std::filesystem;
using namespace std::chrono_literals;
namespace {

constexpr std::size_t kMostBytes = 8 * 1024 * 1024;  // /proc/stat of a large server is long
constexpr std::size_t kMostSessionBytes = 64 * 1024;
constexpr auto kShortestWindow = 1s;

// Whole disks only: partitions, loops and mapped devices would count the same operation again.
bool is_disk(const fs::path& root, const std::string& name) {
  for (const char* layered : {"loop", "ram", "zram", "dm-", "md", "sr", "fd"}) {
    if (name.starts_with(layered)) return false;
  }
  std::error_code ignored;
  return fs::exists(root / "sys/block" / name, ignored);
}

double per_second(std::uint64_t before, std::uint64_t after, Duration time) {
  if (after <= before || time <= Duration::zero()) return 0;
  return static_cast<double>(after - before) / std::chrono::duration<double>(time).count();
}

template <typename T>
std::optional<T> to_optional(Result<T> result) {
  return result ? std::optional<T>(std::move(*result)) : std::nullopt;
}

}  // namespace

SystemSampler::SystemSampler(SamplerSettings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock) {
  const Sample first = take();
  window_.with([&](Window& window) { window = {first, first}; });
}

SystemFigures SystemSampler::read() {
  const Window window = advance();
  SystemFigures figures;
  figures.cpu = cpu(window);
  figures.activity = activity(window);
  if (const auto meminfo = text("proc/meminfo")) {
    figures.memory = to_optional(parse_meminfo(*meminfo));
  }
  figures.disk = disk_space(settings_.mount);
  figures.network = network();
  figures.sessions = sessions();
  return figures;
}

SystemSampler::Sample SystemSampler::take() const {
  Sample sample{clock_.now(), {}, {}};
  if (const auto stat = text("proc/stat")) sample.cpu = to_optional(parse_cpu_times(*stat));
  if (const auto diskstats = text("proc/diskstats")) {
    sample.disk = parse_diskstats(
        *diskstats, [this](const std::string& name) { return is_disk(settings_.root, name); });
  }
  return sample;
}

SystemSampler::Window SystemSampler::advance() {
  const auto stale = [this](const Window& window) {
    const bool first = window.before.at == window.after.at;
    return first || clock_.now() - window.after.at >= kShortestWindow;
  };
  if (window_.with(stale)) {
    const Sample fresh = take();
    // Another thread may have been faster; two samples at nearly one time would make a bad rate.
    window_.with([&](Window& window) {
      if (stale(window)) window = {window.after, fresh};
    });
  }
  return window_.with([](const Window& window) { return window; });
}

std::optional<CpuFigures> SystemSampler::cpu(const Window& window) const {
  const auto loadavg = text("proc/loadavg");
  const auto load = loadavg ? to_optional(parse_loadavg(*loadavg)) : std::nullopt;
  if (!window.before.cpu || !window.after.cpu || !load) return std::nullopt;
  return CpuFigures{cpu_usage_percent(*window.before.cpu, *window.after.cpu),
                    window.after.cpu->cores, *load};
}

std::optional<DiskActivity> SystemSampler::activity(const Window& window) const {
  if (!window.before.disk || !window.after.disk) return std::nullopt;
  const Duration time = window.after.at - window.before.at;
  const DiskCounters& before = *window.before.disk;
  const DiskCounters& after = *window.after.disk;
  return DiskActivity{after, per_second(before.reads, after.reads, time),
                      per_second(before.writes, after.writes, time)};
}

std::optional<NetworkCounters> SystemSampler::network() const {
  const auto net_dev = text("proc/net/dev");
  if (!net_dev) return std::nullopt;
  return parse_net_dev(*net_dev, [this](const std::string& name) {
    return std::ranges::none_of(settings_.ignored_interfaces, [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
  });
}

std::size_t SystemSampler::sessions() const {
  const auto utmp = text("run/utmp");
  if (!utmp) return systemd_sessions();
  const auto pids = parse_utmp_sessions(*utmp);
  return std::ranges::count_if(pids, [this](pid_t pid) {  // a session that died may stay listed
    std::error_code ignored;
    return fs::exists(settings_.root / "proc" / std::to_string(pid), ignored);
  });
}

// Newer distributions have no utmp; logind keeps a file for each session.
std::size_t SystemSampler::systemd_sessions() const {
  std::size_t count = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(settings_.root / "run/systemd/sessions", error)) {
    const auto session = read_file(file.path(), kMostSessionBytes);
    if (session && is_user_session(*session)) ++count;
  }
  return count;
}

std::optional<std::string> SystemSampler::text(const char* name) const {
  return to_optional(read_file(settings_.root / name, kMostBytes));
}

std::optional<DiskFigures> disk_space(const std::string& mount) {
  struct statvfs space;
  if (::statvfs(mount.c_str(), &space) != 0 || space.f_blocks == 0) return std::nullopt;
  const std::uint64_t used = space.f_blocks - space.f_bfree;
  const std::uint64_t reachable = used + space.f_bavail;  // without what is reserved for root
  const double share =
      reachable == 0 ? 1 : static_cast<double>(used) / static_cast<double>(reachable);
  return DiskFigures{space.f_blocks * space.f_frsize, used * space.f_frsize, 100.0 * share};
}

double memory_usage_percent(const MemoryFigures& memory) {
  const auto used = memory.total_bytes - memory.available_bytes;
  return 100.0 * static_cast<double>(used) / static_cast<double>(memory.total_bytes);
}

}  // namespace muster::shim
