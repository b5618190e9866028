// What a ProbeTarget and its open run share. Lives on the server's loop.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "common/net/http_plan.h"
#include "common/plugin/configured_probe.h"
#include "common/plugin/probe_target.h"

namespace muster {

struct ProbeTarget::State {
  State(ProbeRuntime& runtime, std::shared_ptr<const ConfiguredProbe> probe, ServerPointer server);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  struct Refusal {  // what keeps a request from being sent
    FailureReason reason = FailureReason::kNone;
    std::string message;
  };

  // What the server's own TLS material makes for `host`; nullptr when it has none, or that is
  // another's. It comes from here, so that no plugin needs to know of it.
  Result<std::shared_ptr<TlsContext>> tls_of_server(const std::string& host) const;

  // A target is asked the same again and again, so what it was last asked is kept prepared.
  tl::expected<std::shared_ptr<const HttpPlan>, Refusal> plan_of(
      const muster_http_request& request);

  ProbeRuntime& runtime;
  const std::shared_ptr<const ConfiguredProbe> probe;
  const ServerPointer server;
  const std::array<muster_pair, 2> labels;
  void* slot = nullptr;
  muster_target c_target{};
  muster_run* run = nullptr;
  std::size_t last_request = 0;  // a hash of all its texts
  std::shared_ptr<const HttpPlan> last_plan;
};

}  // namespace muster
