#include "aggregator/app/wall_setup.h"

#include <algorithm>
#include <thread>

namespace muster {
namespace {

std::uint32_t loop_count(int wanted) {
  return wanted > 0 ? static_cast<std::uint32_t>(wanted)
                    : std::max(std::thread::hardware_concurrency(), 1U);
}

}  // namespace

std::filesystem::path probe_host_program() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const auto beside = folder / "muster-probe-host";
  return std::filesystem::exists(beside) ? beside : folder.parent_path() / "muster-probe-host";
}

wire::Setup wall_setup(const Settings& settings) {
  const ProbingSettings& probing = settings.probing;
  return {probing.allow_networks,    probing.deny_networks,
          probing.dns_servers,       probing.ca_file,
          loop_count(probing.loops), static_cast<std::uint8_t>(settings.log_level)};
}

}  // namespace muster
