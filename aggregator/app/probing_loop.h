// Everything that lives on one loop, from the timer to the health state, built in the order in
// which a check passes through it. start() and stop() from [main].
#pragma once

#include <memory>

#include "aggregator/app/probe_catalog.h"
#include "aggregator/health/health_tracker.h"
#include "aggregator/probing/probe_engine.h"
#include "aggregator/schedule/loop_scheduler.h"
#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"

namespace muster {

class ProbingLoop {
 public:
  struct Environment {  // what the loops share
    const Clock& clock;
    std::shared_ptr<TlsContext> tls;
    const AddressGuard& guard;
    ScheduleCounters& schedule_counters;
    ProbingCounters& probing_counters;
    HealthSink& sink;
    OwnFault& own_fault;
    BreakerSettings breaker;
    std::vector<std::string> dns_servers;
    std::size_t connections = 0;  // of each loop
  };

  ProbingLoop(int number, const Environment& environment);
  ~ProbingLoop();

  void start() { loop_.start(); }
  void stop();  // gives up open checks, waits shortly for what they still hold, joins

  void set_probes(const ProbeCatalog& catalog);  // [any]; returns at once
  EventLoop& loop() { return loop_; }
  const HttpClient& http() const { return http_; }
  LoopScheduler& scheduler() { return *scheduler_; }

 private:
  EventLoop loop_;
  HttpClient http_;
  ProbeRuntime runtime_;
  HealthTracker health_;
  ProbeEngine engine_;
  std::unique_ptr<LoopScheduler> scheduler_;  // goes first: its checks use all the others
};

}  // namespace muster
