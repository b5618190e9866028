#include "aggregator/app/connection_budget.h"

#include <sys/resource.h>

#include <algorithm>

#include "common/base/log.h"

namespace muster {
namespace {

// Database connections, plugins, logs, c-ares, epoll.
constexpr std::size_t kReserved = 256;
constexpr std::size_t kLeast = 64;

std::size_t open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  return std::min<rlim_t>(limit.rlim_cur, 1'000'000);
}

std::size_t capped(const char* event, std::size_t wanted, std::size_t most, std::size_t files) {
  if (wanted <= most) return wanted;
  log::warn(event, {{"wanted", wanted}, {"connections", most}, {"open_files", files}});
  return most;
}

}  // namespace

ConnectionBudget connection_budget(int probes, int api) {
  const std::size_t files = open_files();
  ConnectionBudget budget;
  budget.api = capped("api.connections_capped", static_cast<std::size_t>(api), files / 4, files);
  const std::size_t reserved = kReserved + budget.api;
  const std::size_t most = files > reserved + kLeast ? files - reserved : kLeast;
  budget.probes = probes == 0 ? most
                              : capped("probing.connections_capped",
                                       static_cast<std::size_t>(probes), most, files);
  return budget;
}

}  // namespace muster
