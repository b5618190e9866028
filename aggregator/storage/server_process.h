// A child process of the embedded database: started under its account, in a session of its own,
// and told to shut down by the kernel when the thread that started it is gone. That thread owns it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/storage/os_account.h"

namespace muster {

class ServerProcess {
 public:
  // `arguments` begin with the program; standard output and error are appended to `log`.
  static Result<ServerProcess> start(const std::vector<std::string>& arguments,
                                     const OsAccount& account, const std::filesystem::path& log);

  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&&) = delete;
  ~ServerProcess();  // kills what still runs

  pid_t pid() const { return pid_; }
  int descriptor() const { return descriptor_; }  // readable when the process has ended

  // "exit code 1" or "signal 9"; nothing while it runs. Waits up to `patience`.
  std::optional<std::string> wait(std::chrono::milliseconds patience);
  bool succeeded() const { return status_ == 0; }

  // Asks with SIGINT (PostgreSQL: fast shutdown), then SIGQUIT, then ends it.
  void stop(std::chrono::milliseconds patience);

 private:
  ServerProcess(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor) {}

  pid_t pid_;
  int descriptor_;
  int status_ = -1;
};

// A descriptor of any process, -1 when there is none with this id.
int open_pidfd(pid_t pid);

// Whether a pidfd (its process has ended) or an eventfd becomes readable within `patience`.
bool readable_within(int descriptor, std::chrono::milliseconds patience);

}  // namespace muster
