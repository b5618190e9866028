// Seals credentials before they go to the database, under the data keys of a KeyRing. Each blob is
// bound to its place, so that it cannot be moved to another row, column or tenant. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aggregator/storage/key_ring.h"
#include "common/base/result.h"
#include "common/base/secret.h"

namespace muster {

// Where a sealed value lives; authenticated, not stored.
struct SecretPlace {
  std::string_view table;
  std::string_view column;
  std::int32_t organization = 0;
  std::string row_id;
};

class SecretBox {
 public:
  // How a blob begins, one byte and the number of a key, 4 bytes. AES-256-GCM follows.
  enum class Version : char {
    kKek = 1,  // sealed by a key of the file itself, from before there were data keys
    kDataKey = 2,
  };

  explicit SecretBox(KeyRing& keys) : keys_(keys) {}

  Result<std::string> seal(std::string_view text, const SecretPlace& place) const;
  Result<Secret> unseal(std::string_view blob, const SecretPlace& place) const;

  // The beginning of what seal() makes now.
  Result<std::string> current_head() const;

 private:
  KeyRing& keys_;
};

}  // namespace muster
