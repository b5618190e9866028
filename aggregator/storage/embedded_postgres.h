// A private PostgreSQL cluster for an installation without a database server: made once, reached
// by a Unix socket only, run as an unprivileged user, restarted when it dies and stopped with us.
// start() and stop() from [main]; thread `postgres` owns the server process. Thread-safe reads.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace muster {

struct EmbeddedPostgresSettings {
  std::filesystem::path directory;  // all of it is ours: cluster/, postgres.log, the socket
  std::filesystem::path binaries = "/usr/lib/postgresql";  // holds NN/bin
  std::chrono::milliseconds start_patience{60'000};
  std::chrono::milliseconds stop_patience{30'000};
  std::vector<std::pair<std::string, std::string>> server_settings;  // over our small defaults
};

class EmbeddedPostgres {
 public:
  explicit EmbeddedPostgres(EmbeddedPostgresSettings settings);
  EmbeddedPostgres(const EmbeddedPostgres&) = delete;
  EmbeddedPostgres& operator=(const EmbeddedPostgres&) = delete;
  ~EmbeddedPostgres();

  // Returns when the database `muster` answers, or says why it does not.
  Result<void> start();
  void stop();  // fast shutdown; waits for it

  std::string connection_string(std::string_view database = "muster") const;
  // Of the server that another process runs in this directory; for commands beside the daemon.
  static Result<std::string> running_connection_string(const std::filesystem::path& directory);

  pid_t pid() const;  // of the running server; 0 while it is down
  std::int64_t restarts() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace muster
