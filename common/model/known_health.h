// What the changes of state that an earlier process had seen of a server come to: where its state
// machine goes on from, when the database has not been told of them yet. A value.
#pragma once

#include "common/model/health_change.h"
#include "common/model/server.h"

namespace muster {

class KnownHealth {
 public:
  // Any order will do.
  void see(HealthChange change);

  bool is_newer_than(const Server& server) const { return last_.slot_ms > server.known_slot_ms; }

  // In place of what the database held, which must be older.
  void tell(Server& server) const;

 private:
  HealthChange last_;
  // The newest state that no fault of our own hid; slot 0: all that is known is that one did.
  HealthState seen_ = HealthState::kUnknown;
  std::int64_t seen_slot_ms_ = 0;
};

}  // namespace muster
