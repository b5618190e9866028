// The output of the probing stage: one CheckResult for each run. Called on the server's loop; must
// not block.
#pragma once

#include "common/model/check_result.h"

namespace muster {

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  // True: one result more would help to decide, so the server may be asked again soon.
  virtual bool on_result(const CheckResult& result) = 0;

  // While false, no check is started.
  virtual bool has_room() const = 0;

  // The server is gone, or a probe no longer selects it: what was remembered of it goes too.
  virtual void on_forget(ServerKey server, const std::string& probe) = 0;
};

}  // namespace muster
