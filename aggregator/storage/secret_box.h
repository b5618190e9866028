// Seals credentials before they go to the database: AES-256-GCM under a key from a 0600 file.
// Each blob is bound to its place, so that it cannot be moved to another row or tenant.
// Immutable after open(); thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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
  // Lines of `id:base64 of 32 bytes`; the first one seals, all of them open. A missing file is
  // made, unless `sealed_values_exist`: a new key could not open them, so that is an error.
  static Result<SecretBox> open(const std::filesystem::path& key_file, bool sealed_values_exist);

  // 0x01 | key id, 4 bytes | nonce, 12 bytes | ciphertext | tag, 16 bytes
  Result<std::string> seal(std::string_view text, const SecretPlace& place) const;
  Result<Secret> unseal(std::string_view blob, const SecretPlace& place) const;

 private:
  struct Key {
    std::uint32_t id = 0;
    Secret bytes;
  };

  explicit SecretBox(std::vector<Key> keys) : keys_(std::move(keys)) {}
  static Result<SecretBox> parse(const Secret& file, const std::string& name);
  static Result<Key> parse_key(std::string_view line);

  std::vector<Key> keys_;
};

}  // namespace muster
