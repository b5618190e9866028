// One server as one probe sees it: the muster_target that the plugin is given, its slot, and at
// most one open run. Lives on the server's loop; owned by the check that asks the server. What the
// plugin may still hold (an open run's target) outlives the ProbeTarget until that run is given up.
#pragma once

#include <functional>
#include <memory>

#include "common/base/clock.h"
#include "common/model/check_result.h"
#include "common/plugin/configured_probe.h"

namespace muster {

class ProbeRuntime;

class ProbeTarget {
 public:
  using Done = std::function<void(Finding)>;

  ProbeTarget(ProbeRuntime& runtime, std::shared_ptr<const ConfiguredProbe> probe,
              ServerPointer server);
  ~ProbeTarget();  // gives up an open run, whose `done` is then not called
  ProbeTarget(const ProbeTarget&) = delete;
  ProbeTarget& operator=(const ProbeTarget&) = delete;

  // A run is open until the plugin has completed it, even when its result is in already because
  // the deadline passed: a stuck probe is not started again.
  bool open() const;

  // Not while open(). `done` is called exactly once, by the deadline at the latest (and 100 ms);
  // never from inside start().
  void start(Duration timeout, Done done);

 private:
  struct State;
  friend struct ::muster_run;
  std::shared_ptr<State> state_;
};

}  // namespace muster
