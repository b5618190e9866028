#include "common/base/uuid.h"

#include <Poco/UUID.h>
#include <openssl/rand.h>

namespace muster {

Uuid Uuid::random() {
  Uuid uuid;
  RAND_bytes(uuid.bytes.data(), static_cast<int>(uuid.bytes.size()));
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

Result<Uuid> Uuid::parse(std::string_view text) {
  Poco::UUID parsed;
  // Poco's parser takes the hyphens or leaves them out.
  const bool shaped =
      text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  if (!shaped || !parsed.tryParse(std::string(text))) {
    return fail(ErrorCode::kInvalid, "not a UUID");
  }
  Uuid uuid;
  parsed.copyTo(reinterpret_cast<char*>(uuid.bytes.data()));
  return uuid;
}

std::string Uuid::to_string() const {
  Poco::UUID uuid;
  uuid.copyFrom(reinterpret_cast<const char*>(bytes.data()));
  return uuid.toString();
}

}  // namespace muster
