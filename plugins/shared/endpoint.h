// The one port that a probe has a conversation with, and the label that tells several such checks
// of one server apart. Immutable; owned by the probe.
#pragma once

#include <string>

#include "shared/faults.h"
#include "shared/talk.h"

namespace muster::probes {

class Endpoint {
 public:
  // `config` has a host (empty: the server's), a port and a server_name (empty: the host).
  template <typename Config>
  Endpoint(const Config& config, bool tls)
      : host_(config.host),
        server_name_(config.server_name),
        port_(config.port),
        tls_(tls),
        port_text_(std::to_string(port_)),
        label_{sdk::to_c("port"), sdk::to_c(port_text_)} {}
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  Talk::Plan plan_for(const sdk::Target& target) const {
    Talk::Plan plan;
    plan.host = host_.empty() ? target.host() : host_;
    plan.port = port_;
    plan.server_name = server_name_.empty() ? plan.host : server_name_;
    plan.tls = tls_;
    return plan;
  }

  const muster_pair& label() const { return label_; }

  void add_gauge(sdk::Result& result, const char* name, double value) const {
    result.metrics.push_back({sdk::to_c(name), MUSTER_GAUGE, value, &label_, 1});
  }

 private:
  const std::string host_, server_name_;
  const std::uint16_t port_;
  const bool tls_;
  const std::string port_text_;
  const muster_pair label_;
};

// `message` is that of the faults, kept by the caller until the run is complete.
inline void judge_talk(sdk::Result& result, const Faults& faults, const std::string& message,
                       const Talk::Ending& ending) {
  result.status = faults.status();
  result.reason = faults.reason();
  result.message = message;
  result.phases = ending.phases.data();
  result.phase_count = ending.phases.size();
}

}  // namespace muster::probes
