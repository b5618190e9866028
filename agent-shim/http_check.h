// Healthy when a GET is answered with one of the expected status codes. Only the status line is
// read; redirects are not followed; https verifies chain and name.
#pragma once

#include "agent-shim/check_target.h"
#include "agent-shim/component_check.h"

namespace muster::shim {

class HttpCheck final : public ComponentCheck {
 public:
  explicit HttpCheck(HttpTarget target) : target_(std::move(target)) {}
  Result<std::string> run(const Deadline& deadline) const override;

 private:
  Result<int> ask_status(const Deadline& deadline) const;

  const HttpTarget target_;
};

// The code of "HTTP/1.1 200 OK"; kInvalid when it is no such line.
Result<int> parse_status_line(std::string_view line);

}  // namespace muster::shim
