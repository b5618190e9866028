#include "tests/unit/spool/faulty_disk.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace muster::test {
namespace {

std::atomic<bool> failing{false};
std::atomic<bool> inside{false};
std::atomic<std::chrono::milliseconds> delay{};

}  // namespace

void FaultyDisk::works() {
  failing = false;
  delay = std::chrono::milliseconds(0);
}

void FaultyDisk::fails() {
  failing = true;
}

void FaultyDisk::takes(std::chrono::milliseconds time) {
  delay = time;
}

bool FaultyDisk::syncing() {
  return inside;
}

}  // namespace muster::test

extern "C" int fdatasync(int fd) {
  using namespace muster::test;
  const auto time = delay.load();
  inside = true;
  std::this_thread::sleep_for(time);
  const int result = failing ? -1 : static_cast<int>(::syscall(SYS_fdatasync, fd));
  if (failing) errno = EIO;
  inside = false;
  return result;
}
