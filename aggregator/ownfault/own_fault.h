// What is known of a fault of our own right now, and the pulse of the fleet by which one is found.
// The loops ask it about every result that is bad; thread `canaries` sets it. Owned by app/;
// thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "aggregator/ownfault/fleet_pulse.h"
#include "common/base/snapshot.h"
#include "common/model/failure_reason.h"
#include "common/model/own_fault.h"

namespace muster {

class OwnFault {
 public:
  OwnFaultKind kind() const { return kind_.load(std::memory_order_acquire); }

  // Whether the fault may be the cause of such a failure: then it says nothing of the server.
  bool covers(FailureReason reason) const;
  std::string message() const { return *message_.get(); }

  FleetPulse& pulse() { return pulse_; }
  std::uint64_t begun(OwnFaultKind kind) const { return begun_[static_cast<std::size_t>(kind)]; }

  void set(OwnFaultKind kind, const std::string& message);  // [canaries]

 private:
  std::atomic<OwnFaultKind> kind_{OwnFaultKind::kNone};
  Snapshot<std::string> message_;
  std::array<std::atomic<std::uint64_t>, kOwnFaultNames.size()> begun_{};
  FleetPulse pulse_;
};

}  // namespace muster
