// What a ProbeTarget and its open run share. Lives on the server's loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/net/url.h"
#include "common/plugin/configured_probe.h"
#include "common/plugin/probe_target.h"

namespace muster {

struct ProbeTarget::State {
  State(ProbeRuntime& runtime, std::shared_ptr<const ConfiguredProbe> probe, ServerPointer server);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // A target is asked the same URL again and again, so the last one is kept taken apart.
  Result<const Url*> url_of(std::string_view text);

  ProbeRuntime& runtime;
  const std::shared_ptr<const ConfiguredProbe> probe;
  const ServerPointer server;
  std::vector<muster_pair> labels;
  void* slot = nullptr;
  muster_target c_target{};
  muster_run* run = nullptr;
  std::string last_url_text;
  Url last_url;
};

}  // namespace muster
