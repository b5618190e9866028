// A port of 127.0.0.1 where the kernel opens every connection and nobody ever reads or answers.
// Owned by its test.
#pragma once

#include <cstdint>

#include "common/base/unique_fd.h"

namespace muster::test {

class DeafPort {
 public:
  DeafPort();  // throws when there is no port

  std::uint16_t port() const { return port_; }

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

}  // namespace muster::test
