// A disk whose fdatasync fails or takes its time: the test program's own fdatasync() stands before
// the C library's. Thread-safe.
#pragma once

#include <chrono>

namespace muster::test {

class FaultyDisk {
 public:
  static void works();
  static void fails();  // EIO
  static void takes(std::chrono::milliseconds time);

  static bool syncing();  // somebody is in it
};

}  // namespace muster::test
