// One output to two inputs: the live table is told first, so that it knows a server before the
// first result about it comes. Thread rules are those of the sinks behind.
#pragma once

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/health/health_sink.h"

namespace muster {

class FleetFanout final : public FleetSink {
 public:
  FleetFanout(FleetSink& first, FleetSink& second) : first_(first), second_(second) {}

  void upsert(ServerPointer server) override {
    first_.upsert(server);
    second_.upsert(std::move(server));
  }
  void remove(ServerPointer server) override {
    first_.remove(server);
    second_.remove(std::move(server));
  }

 private:
  FleetSink& first_;
  FleetSink& second_;
};

class HealthFanout final : public HealthSink {
 public:
  HealthFanout(HealthSink& first, HealthSink& second) : first_(first), second_(second) {}

  void on_result(const CheckResult& result, const Verdict& verdict) override {
    first_.on_result(result, verdict);
    second_.on_result(result, verdict);
  }
  bool has_room() const override { return first_.has_room() && second_.has_room(); }

 private:
  HealthSink& first_;
  HealthSink& second_;
};

}  // namespace muster
