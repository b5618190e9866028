// The files of the embedded database: which binaries fit, making the cluster once, clearing what
// a crash left, the command that runs it. Used by EmbeddedPostgres, on its threads.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aggregator/storage/os_account.h"
#include "common/base/file_lock.h"

namespace muster {

class PostgresCluster {
 public:
  // `directory` holds cluster/ and postgres.log; `binaries` holds NN/bin.
  PostgresCluster(const std::filesystem::path& directory, std::filesystem::path binaries);
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // Where the server listens that runs in `directory`, whoever started it.
  static Result<std::string> socket_of_running(const std::filesystem::path& directory);

  // Makes the directory and the cluster unless they are there.
  Result<void> prepare();

  // Nothing else may run in the cluster or seem to: a server that a killed daemon left is stopped.
  Result<void> clear_leftovers(std::chrono::milliseconds patience);

  // The program and its arguments.
  std::vector<std::string> command(
      const std::vector<std::pair<std::string, std::string>>& settings) const;

  const OsAccount& account() const { return account_; }
  const std::filesystem::path& socket_directory() const { return socket_directory_; }
  std::filesystem::path log() const { return directory_ / "postgres.log"; }
  std::string end_of_log() const;  // its last line, for an error message
  void bound_log() const;          // past 16 MB it starts anew, the old one becomes .1

 private:
  Result<void> make_directory();
  Result<void> lock_directory();
  Result<void> choose_socket_directory();
  Result<void> choose_binaries();
  Result<void> make_cluster();
  std::filesystem::path data() const { return directory_ / "cluster"; }

  const std::filesystem::path directory_;
  const std::filesystem::path binaries_;
  OsAccount account_;
  std::filesystem::path bin_;               // chosen by prepare()
  std::filesystem::path socket_directory_;  // ours alone
  bool socket_directory_is_temporary_ = false;
  std::optional<FileLock> lock_;  // two daemons would stop each other's server
};

}  // namespace muster
