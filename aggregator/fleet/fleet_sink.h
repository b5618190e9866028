// The output of the fleet stage: which servers there are. Callable from any thread; implementations
// post to the loop that owns the server. Calls for one server keep their order.
#pragma once

#include "common/model/server.h"

namespace muster {

class FleetSink {
 public:
  virtual ~FleetSink() = default;
  virtual void upsert(ServerPointer server) = 0;
  virtual void remove(ServerPointer server) = 0;
};

}  // namespace muster
