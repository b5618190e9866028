// The operating system account that the embedded server runs as: our own, or, since PostgreSQL
// refuses to run as root, an unprivileged one when we are root. Values, no thread rule.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace muster {

struct OsAccount {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::string name;

  // The owner of `owned` if that exists and is not root's; else ourselves, or `postgres`, or
  // `nobody` when we are root.
  static Result<OsAccount> for_server(const std::filesystem::path& owned);

  bool is_ours() const;

  // Says which parent directory the account cannot pass on the way to `path`, and the way out.
  Result<void> can_reach(const std::filesystem::path& path) const;
};

}  // namespace muster
