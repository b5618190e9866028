#include "aggregator/storage/os_account.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace muster {
namespace {

namespace fs = std::filesystem;

OsAccount account_of(const passwd& entry) {
  OsAccount account{entry.pw_uid, entry.pw_gid, {}, entry.pw_name};
  int count = 64;
  account.groups.resize(static_cast<std::size_t>(count));
  if (::getgrouplist(entry.pw_name, entry.pw_gid, account.groups.data(), &count) < 0) {
    count = 1;
    account.groups[0] = entry.pw_gid;
  }
  account.groups.resize(static_cast<std::size_t>(count));
  return account;
}

template <typename Lookup, typename Key>
Result<OsAccount> looked_up(Lookup lookup, Key key) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16 * 1024> buffer;
  lookup(key, &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) return fail(ErrorCode::kNotFound, "no such account");
  return account_of(entry);
}

OsAccount by_uid(uid_t uid) {
  const OsAccount nameless{uid, ::getegid(), {}, std::to_string(uid)};
  return looked_up(::getpwuid_r, uid).value_or(nameless);
}

bool may_pass(const OsAccount& account, const struct stat& directory) {
  if (account.uid == 0) return true;
  if (directory.st_uid == account.uid) return (directory.st_mode & S_IXUSR) != 0;
  const bool member = directory.st_gid == account.gid ||
                      std::ranges::find(account.groups, directory.st_gid) != account.groups.end();
  return (directory.st_mode & (member ? S_IXGRP : S_IXOTH)) != 0;
}

}  // namespace

Result<OsAccount> OsAccount::for_server(const fs::path& owned) {
  if (::geteuid() != 0) return by_uid(::geteuid());
  struct stat stat {};
  if (::stat(owned.c_str(), &stat) == 0 && stat.st_uid != 0) return by_uid(stat.st_uid);
  for (const char* name : {"postgres", "nobody"}) {
    if (auto account = looked_up(::getpwnam_r, name)) return account;
  }
  return fail(ErrorCode::kDenied,
              "PostgreSQL does not run as root, and there is neither an account postgres nor "
              "nobody; run musterd as an unprivileged user");
}

bool OsAccount::is_ours() const {
  return uid == ::geteuid();
}

Result<void> OsAccount::can_reach(const fs::path& path) const {
  fs::path at = "/";
  for (const fs::path& part : fs::absolute(path).lexically_normal().parent_path()) {
    at /= part;
    struct stat stat {};
    if (::stat(at.c_str(), &stat) != 0) return fail_errno(at.string());
    if (!may_pass(*this, stat)) {
      return fail(ErrorCode::kDenied, at.string() + ": the account " + name +
                                          ", as which PostgreSQL runs, cannot enter " +
                                          "this directory, which holds " + path.string() +
                                          "; run `chmod o+x " + at.string() +
                                          "`, or choose a state directory elsewhere");
    }
  }
  return {};
}

}  // namespace muster
