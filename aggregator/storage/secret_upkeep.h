// What stored credentials need from time to time: tokens that a rotation has replaced are forgotten
// when their overlap is over, and it is counted which keys are needed. run_once() on the thread of
// the upkeep, the figures from any.
#pragma once

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/key_references.h"
#include "common/base/guarded.h"

namespace muster {

class SecretUpkeep {
 public:
  explicit SecretUpkeep(ConnectionPool& pool) : pool_(pool) {}  // of muster_owner

  Result<void> run_once(WallTime now);

  // As of the last round: how many data keys and values need a key of the key file.
  KeyCounts needed_keks() const;

 private:
  ConnectionPool& pool_;
  Guarded<KeyCounts> needed_keks_;
};

}  // namespace muster
