#include "aggregator/app/connection_budget.h"

#include <sys/resource.h>

#include <algorithm>

#include "common/base/log.h"

namespace muster {
namespace {

// Database connections, plugins, logs, c-ares, epoll; and the API's connections twice over.
constexpr std::size_t kReserved = 256;
constexpr std::size_t kLeast = 64;

}  // namespace

std::size_t connection_budget(int wanted, int api_threads) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t files = std::min<rlim_t>(limit.rlim_cur, 1'000'000);
  const std::size_t reserved = kReserved + 2 * static_cast<std::size_t>(api_threads);
  const std::size_t most = files > reserved + kLeast ? files - reserved : kLeast;
  if (wanted == 0) return most;
  if (static_cast<std::size_t>(wanted) > most) {
    log::warn("probing.connections_capped",
              {{"wanted", wanted}, {"connections", most}, {"open_files", files}});
  }
  return std::min(most, static_cast<std::size_t>(wanted));
}

}  // namespace muster
