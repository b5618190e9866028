// Every server on its way into the fleet is told what an earlier process knew of it, as long as the
// database does not know it, however often it is loaded meanwhile. Thread rules are those of the
// sink behind.
#pragma once

#include <memory>
#include <utility>

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/spool/left_changes.h"

namespace muster {

class KnownFleet final : public FleetSink {
 public:
  KnownFleet(LeftChanges left, FleetSink& next) : left_(std::move(left)), next_(next) {}

  void upsert(ServerPointer server) override {
    const auto known = left_.find(server->key);
    if (known == left_.end() || !known->second.is_newer_than(*server)) {
      return next_.upsert(std::move(server));
    }
    auto told = std::make_shared<Server>(*server);
    known->second.tell(*told);
    next_.upsert(std::move(told));
  }

  void remove(ServerPointer server) override { next_.remove(std::move(server)); }

 private:
  const LeftChanges left_;
  FleetSink& next_;
};

}  // namespace muster
