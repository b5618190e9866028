// One command under way: a process group of its own, with its output in pipes. Lives on its loop;
// owned by its
// ExecRun. What is left of the group is killed, and the process reaped, before it goes.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "pipe_end.h"
#include "verdict.h"

namespace exec_probe {

struct Command {
  std::string program;  // a path
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // "NAME=value", all there is
};

class Child {
 public:
  Child();
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // An errno; 0: it runs.
  int start(const Command& command);

  int pidfd() const { return pidfd_; }  // readable once it has ended
  PipeEnd& output() { return output_; }
  PipeEnd& errors() { return errors_; }

  void signal_group(int number);
  void end();  // kills it and waits a moment for that; may block
  // Nothing while it runs. Once it has ended: kills what it left behind, reaps it, and says how.
  std::optional<Ending> reap();

 private:
  int spawn(const Command& command, int output, int errors);
  int watch();

  pid_t pid_ = -1;  // also the group's; -1: there is none, or it was reaped
  int pidfd_ = -1;
  PipeEnd output_;
  PipeEnd errors_;
};

}  // namespace exec_probe
