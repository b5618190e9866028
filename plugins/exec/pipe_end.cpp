#include "pipe_end.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace exec_probe {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;  // what a pipe holds
constexpr int kChunksAtOnce = 4;                // others use the loop too
constexpr int kMostChunks = 64;                 // of somebody who writes without end

}  // namespace

PipeEnd::~PipeEnd() {
  if (fd_ >= 0) ::close(fd_);
}

int PipeEnd::open() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return -1;
  fd_ = ends[0];
  // The reading end alone: commands do not expect a pipe that says EAGAIN.
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  return ends[1];
}

bool PipeEnd::take() {
  for (int i = 0; i < kChunksAtOnce; ++i) {
    const Taken taken = take_chunk();
    if (taken != Taken::kSome) return taken == Taken::kNothingNow;
  }
  return true;
}

void PipeEnd::take_all() {
  for (int i = 0; i < kMostChunks && take_chunk() == Taken::kSome; ++i) {
  }
}

PipeEnd::Taken PipeEnd::take_chunk() {
  thread_local std::array<char, kChunkBytes> chunk;
  const ssize_t count = ::read(fd_, chunk.data(), chunk.size());
  if (count == 0) return Taken::kEnd;
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Taken::kNothingNow : Taken::kEnd;
  const auto read = static_cast<std::size_t>(count);
  const std::size_t kept = std::min(read, most_bytes_ - text_.size());
  text_.append(chunk.data(), kept);
  cut_ = cut_ || kept < read;
  return Taken::kSome;
}

}  // namespace exec_probe
