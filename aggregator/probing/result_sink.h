// The output of the probing stage: one CheckResult for each run. Called on the server's loop; must
// not block.
#pragma once

#include "common/model/check_result.h"

namespace muster {

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual void on_result(const CheckResult& result) = 0;

  // The server is gone, or a probe no longer selects it: what was remembered of it goes too.
  virtual void on_forget(ServerKey server, const std::string& probe) = 0;
};

}  // namespace muster
