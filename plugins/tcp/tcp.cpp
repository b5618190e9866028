// The plugin tcp: connects, and has a dialogue of configured steps.
#include <memory>
#include <string>

#include "script.h"
#include "shared/certificate.h"
#include "shared/endpoint.h"
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

class TcpProbe final : public muster::sdk::Probe {
 public:
  TcpProbe(const Host& host, std::string_view config_json)
      : host_(host), config_(config_json), endpoint_(config_, config_.tls) {}

  void start(const Target& target, Run run) override {
    Talk::Plan plan = endpoint_.plan_for(target);
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
    muster::probes::judge_talk(result, faults, message, ending);
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

  void add_metrics(const Talk::Ending& ending, Result& result) const {
    if (!ending.failure) endpoint_.add_gauge(result, "tcp_duration_seconds", ending.seconds);
    if (ending.tls == nullptr) return;
    endpoint_.add_gauge(result, "certificate_expires_in_days",
                        muster::probes::days_until(ending.tls->not_after));
  }

  const Host host_;
  const TcpConfig config_;
  const muster::probes::Endpoint endpoint_;
};

}  // namespace
}  // namespace tcp_probe

MUSTER_PROBE(
    tcp_probe::TcpProbe, "tcp", "1.0.0",
    "Connects to a TCP port, with TLS if asked for, and has a dialogue of configured steps",
    tcp_probe::kSchema, MUSTER_STREAM)
