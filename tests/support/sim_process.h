// The real muster-simfleet with options of the test's, on ports that it chose itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace muster::test {

inline const std::string kSimfleetProgram = MUSTER_BUILD_DIR "/bin/muster-simfleet";

class SimProcess {
 public:
  // `most_descriptors` 0: as many as the test has. Throws when it does not come up.
  explicit SimProcess(std::vector<std::string> options = {}, int most_descriptors = 0);

  std::uint16_t port() const { return port_; }
  // 0: not among the options.
  std::uint16_t tls_port() const { return tls_port_; }
  std::uint16_t closed_port() const { return closed_port_; }
  std::uint16_t silent_port() const { return silent_port_; }
  ChildProcess& process() { return *process_; }
  std::string stats() const;

 private:
  std::unique_ptr<ChildProcess> process_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::uint16_t closed_port_ = 0;
  std::uint16_t silent_port_ = 0;
};

}  // namespace muster::test
