#include "aggregator/app/probing_loop.h"

#include <string>

#include "common/base/log.h"

namespace muster {
namespace {

// The steps in which a stopping loop looks whether the plugins have let go of their runs.
constexpr std::chrono::milliseconds kLook{10};
constexpr int kLooks = 100;

// While a loop has little to do, what is due within one tick starts together: it is the wake-ups
// that cost then, and a check that is 100 ms late is late for nobody.
constexpr std::chrono::milliseconds kWidestTick{100};

HttpClient::Limits limits_of(const ProbingLoop::Environment& environment) {
  HttpClient::Limits limits;
  limits.connections = environment.connections;
  limits.dns.servers = environment.dns_servers;
  return limits;
}

}  // namespace

ProbingLoop::ProbingLoop(int number, const Environment& environment)
    : loop_("loop-" + std::to_string(number), environment.clock, kWidestTick),
      http_(loop_, environment.tls, environment.guard, limits_of(environment)),
      runtime_(loop_, http_),
      health_(environment.sink),
      engine_(runtime_, health_, environment.probing_counters, environment.breaker,
              environment.connections / 4, environment.own_fault),
      scheduler_(std::make_unique<LoopScheduler>(loop_, engine_, environment.schedule_counters)) {}

ProbingLoop::~ProbingLoop() {
  stop();
}

void ProbingLoop::set_probes(const ProbeCatalog& catalog) {
  loop_.post([this, specs = catalog.specs(), probes = catalog.probes()]() mutable {
    engine_.set_probes(std::move(probes));
    scheduler_->set_probes(specs);
  });
}

void ProbingLoop::stop() {
  if (!loop_.running()) return;
  std::size_t open = 0;
  loop_.run_and_wait([this] { scheduler_->clear(); });
  for (int look = 0; look < kLooks; ++look) {
    loop_.run_and_wait([&] { open = runtime_.open_runs(); });
    if (open == 0) break;
    std::this_thread::sleep_for(kLook);
  }
  if (open != 0) log::warn("loop.runs_left", {{"loop", loop_.name()}, {"runs", open}});
  loop_.stop();
}

}  // namespace muster
