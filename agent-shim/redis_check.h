// Healthy when Redis answers PING with PONG, or says that it wants a password we were not given:
// it is alive then. With a password it authenticates first. Loading and errors are unhealthy.
#pragma once

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

class RedisCheck final : public ComponentCheck {
 public:
  explicit RedisCheck(RedisTarget target) : target_(std::move(target)) {}
  Result<std::string> run(const Deadline& deadline) const override;

 private:
  Result<std::string> converse(const Deadline& deadline) const;

  const RedisTarget target_;
};

// One command in Redis' wire form; lengths come first, so no argument can break out of it.
std::string redis_command(const std::vector<std::string>& words);

}  // namespace muster::shim
