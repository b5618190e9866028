// Work that can only block, done on a thread of the host's, whose end an eventfd tells the loop.
// Use on the run's loop.
#pragma once

#include <functional>

#include "muster/probe.hpp"

namespace muster::probes {

class BlockingCall {
 public:
  explicit BlockingCall(const sdk::Host& host);

  // done(true) once work() returned; done(false) when the run was over before that, and work()
  // still goes on. False: no thread is free, and neither is called. Neither may throw, and both
  // hold what they use.
  bool start(const sdk::Run& run, std::function<void()> work,
             std::function<void(bool ended)> done) const;

 private:
  sdk::Poll poll_;
  const muster_workers* workers_;
};

}  // namespace muster::probes
