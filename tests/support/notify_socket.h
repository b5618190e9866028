// Stands in for systemd: a datagram socket whose path goes into NOTIFY_SOCKET. One thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace muster::test {

class NotifySocket {
 public:
  NotifySocket();  // throws when it cannot listen
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  std::string path() const { return directory_.path() / "notify"; }

  // The next message; empty when none comes in time.
  std::string next(std::chrono::milliseconds patience);

 private:
  TempDir directory_;
  int socket_ = -1;
};

}  // namespace muster::test
