// The plugin tcp: connects, and has a dialogue of configured steps.
#include <memory>
#include <string>

#include "script.h"
#include "shared/certificate.h"
#include "shared/faults.h"
#include "shared/talk.h"
#include "tcp_config.h"
#include "tcp_schema.h"

namespace tcp_probe {
namespace {

using muster::probes::Faults;
using muster::probes::Talk;
using muster::sdk::Host;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;
using muster::sdk::to_c;

class TcpProbe final : public muster::sdk::Probe {
 public:
  TcpProbe(const Host& host, std::string_view config_json)
      : host_(host),
        config_(config_json),
        port_(std::to_string(config_.port)),
        label_{to_c("port"), to_c(port_)} {}

  void start(const Target& target, Run run) override {
    Talk::Plan plan;
    plan.host = config_.host.empty() ? target.host() : config_.host;
    plan.port = config_.port;
    plan.tls = config_.tls;
    plan.server_name = config_.server_name.empty() ? plan.host : config_.server_name;
    plan.most_bytes = config_.most_bytes;
    const auto script = std::make_shared<Script>(config_.steps);
    Talk::begin(host_, std::move(run), std::move(plan), script,
                [this, script](Run open, const Talk::Ending& ending) {
                  finish(std::move(open), *script, ending);
                });
  }

 private:
  void finish(Run run, const Script& script, const Talk::Ending& ending) const {
    const Faults faults = judge(script, ending);
    const std::string message = faults.message();
    Result result;
    result.status = faults.status();
    result.reason = faults.reason();
    result.message = message;
    result.phases = ending.phases.data();
    result.phase_count = ending.phases.size();
    add_metrics(ending, result);
    std::move(run).complete(result);
  }

  Faults judge(const Script& script, const Talk::Ending& ending) const {
    Faults faults;
    const auto& failure = ending.failure ? ending.failure : script.failure();
    if (failure) {
      const Step* const step = script.current();
      faults.failed(failure.reason, (step == nullptr ? "" : step->name + ": ") + failure.message);
      return faults;
    }
    faults.judged(config_.response_time_ms.judge(ending.seconds * 1000),
                  "the dialogue took longer than it may");
    return faults;
  }

  // Several such checks of one server are told apart by the label.
  void add_metrics(const Talk::Ending& ending, Result& result) const {
    const auto add = [&](const char* name, double value) {
      result.metrics.push_back({to_c(name), MUSTER_GAUGE, value, &label_, 1});
    };
    if (!ending.failure) add("tcp_duration_seconds", ending.seconds);
    if (ending.tls == nullptr) return;
    add("certificate_expires_in_days", muster::probes::days_until(ending.tls->not_after));
  }

  const Host host_;
  const TcpConfig config_;
  const std::string port_;
  const muster_pair label_;
};

}  // namespace
}  // namespace tcp_probe

MUSTER_PROBE(
    tcp_probe::TcpProbe, "tcp", "1.0.0",
    "Connects to a TCP port, with TLS if asked for, and has a dialogue of configured steps",
    tcp_probe::kSchema, MUSTER_STREAM)
