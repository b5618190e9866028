// Envelope encryption: data keys seal the values and stand in the table data_keys, wrapped by the
// key-encryption keys of a file. Unwrapped ones are kept in memory. What is unknown here is looked
// up again, in the table or the file, because `musterd keys` may have made it while we run.
// Thread-safe; each call that needs the database leases a connection, one of muster_owner's.
#pragma once

#include <map>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/key_file.h"
#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

class KeyRing {
 public:
  struct DataKey {
    std::uint32_t id = 0;
    Secret bytes;
  };
  struct Rotation {
    std::uint32_t kek = 0;
    std::uint32_t data_key = 0;
    int rewrapped = 0;  // older data keys
  };

  // A data key is replaced when it has sealed that often (its nonces are random) or is that old.
  static constexpr std::int64_t kMostUses = 1 << 20;
  static constexpr std::chrono::days kMostAge{90};

  KeyRing(ConnectionPool& pool, std::filesystem::path file, const Clock& clock)
      : pool_(pool), file_(std::move(file)), clock_(clock) {}

  // At start. A missing file is made, unless something in the database needs one of its keys; that
  // a needed key is missing is an error which names it.
  Result<void> open();

  // The newest data key, made when there is none or its time is over.
  Result<DataKey> for_sealing();
  Result<Secret> data_key(std::uint32_t id);
  Result<Secret> kek(std::uint32_t id);

  // A new key in the file, or its first one if nothing needs that yet; wraps all data keys anew
  // with it, and makes a new one. Values are not touched.
  Result<Rotation> rotate();

 private:
  struct Known {
    std::vector<Kek> keks;
    std::map<std::uint32_t, Secret> data;
    DataKey sealing;
    int seals_left = 0;       // counted in the table beforehand
    TimePoint sealing_until;  // then the table is asked whether it is still the newest
  };

  Result<void> reread_file();
  Result<Kek> first_kek();
  Result<Kek> next_kek();
  Result<DataKey> reserve();
  Result<DataKey> make_data_key(Connection& connection);
  Result<int> wrap_anew(Connection& connection, const Kek& by);
  Result<Secret> unwrapped(std::uint32_t id, std::uint32_t kek_id, std::string_view wrapped);

  ConnectionPool& pool_;
  const KeyFile file_;
  const Clock& clock_;
  Guarded<Known> known_;
};

}  // namespace muster
