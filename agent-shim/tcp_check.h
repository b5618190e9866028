// Healthy when the endpoint accepts a connection.
#pragma once

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

class TcpCheck final : public ComponentCheck {
 public:
  explicit TcpCheck(TcpTarget target) : target_(std::move(target)) {}
  Result<std::string> run(const Deadline& deadline) const override;

 private:
  const TcpTarget target_;
};

}  // namespace muster::shim
