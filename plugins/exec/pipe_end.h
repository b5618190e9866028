// Our end of a pipe to which a command writes: keeps the first bytes up to a cap and throws away
// the rest, so that the command never waits for us. Lives on its loop; owned by the command's
// Child.
#pragma once

#include <cstddef>
#include <string>

namespace exec_probe {

class PipeEnd {
 public:
  explicit PipeEnd(std::size_t most_bytes) : most_bytes_(most_bytes) {}
  ~PipeEnd();
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;

  // Returns the writing end, which is the caller's; -1 and errno when there is none.
  int open();
  int fd() const { return fd_; }

  // Takes some of what is there. False: everybody who could write has closed the other end.
  bool take();
  void take_all();  // of what is there; bounded

  const std::string& text() const { return text_; }
  bool cut() const { return cut_; }

 private:
  enum class Taken { kSome, kNothingNow, kEnd };
  Taken take_chunk();

  const std::size_t most_bytes_;
  int fd_ = -1;
  std::string text_;
  bool cut_ = false;
};

}  // namespace exec_probe
