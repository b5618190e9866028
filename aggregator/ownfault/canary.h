// Somebody who should answer as long as our own network is well. A value.
#pragma once

#include <sys/socket.h>

#include <string>

#include "common/base/result.h"

namespace muster {

struct Canary {
  // "tcp://ADDRESS:PORT": connected and refused both mean that the network lives.
  // "dns://ADDRESS[:PORT]": an answer to a question means that names can be looked up too.
  static Result<Canary> parse(const std::string& text);

  std::string name;  // as configured
  bool dns = false;
  sockaddr_storage address{};
  socklen_t address_size = 0;
};

enum class CanaryAnswer {
  kAlive,
  kSilent,
  kNotAsked,  // we had no socket for it
};

}  // namespace muster
