// Runs a test in a network namespace of its own (Linux, root), where sysctls can be set and
// addresses be unreachable without harm to anybody. Threads that the test starts are in it as well.
#pragma once

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

namespace muster::test {

inline bool set_sysctl(const std::string& name, const std::string& value) {
  std::ofstream file("/proc/sys/net/" + name);
  return static_cast<bool>(file << value << std::flush);
}

inline bool raise_loopback() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const bool done = ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  ::close(socket);
  return done;
}

// False: there may be no namespace here, and `test` did not run.
inline bool in_own_network(const std::function<void()>& test) {
  bool entered = false;
  std::exception_ptr thrown;
  std::thread([&] {
    entered = ::unshare(CLONE_NEWNET) == 0 && raise_loopback();
    try {
      if (entered) test();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
  return entered;
}

}  // namespace muster::test
