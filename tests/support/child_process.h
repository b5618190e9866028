// A real program started for one test: its output goes to a file that the test can read and wait
// on, and it is gone when the object goes (SIGTERM, then SIGKILL, to this one pid). Not copyable;
// one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_dir.h"

namespace muster::test {

class ChildProcess {
 public:
  using Environment = std::map<std::string, std::string>;

  // `program` is a path or a name to look up in PATH. `extra` is added to our own environment.
  // Throws when it cannot be started.
  explicit ChildProcess(const std::string& program, std::vector<std::string> arguments = {},
                        const Environment& extra = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  std::string output() const;  // standard output and error so far, interleaved

  // The first line that contains `text`, without its newline; nothing when patience ran out or the
  // program ended without such a line.
  std::optional<std::string> wait_for_line(std::string_view text,
                                           std::chrono::milliseconds patience);

  void signal(int number);
  // The exit code, or 128 + the signal that ended it, as a shell has it; nothing when it still
  // runs.
  std::optional<int> wait_exit(std::chrono::milliseconds patience);

 private:
  std::optional<std::string> find_line(std::string_view text) const;

  TempDir directory_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

}  // namespace muster::test
