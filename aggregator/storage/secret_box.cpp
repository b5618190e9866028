#include "aggregator/storage/secret_box.h"

#include "aggregator/storage/aead.h"

namespace muster {
namespace {

constexpr std::size_t kHeadBytes = 1 + 4;

std::string bound_to(const SecretPlace& place) {
  return std::string(place.table) + "|" + std::string(place.column) + "|" +
         std::to_string(place.organization) + "|" + place.row_id;
}

std::string head_of(std::uint32_t key) {
  std::string head(1, static_cast<char>(SecretBox::Version::kDataKey));
  for (int shift = 24; shift >= 0; shift -= 8) head += static_cast<char>(key >> shift);
  return head;
}

std::uint32_t key_id_of(std::string_view blob) {
  std::uint32_t id = 0;
  for (int i = 1; i <= 4; ++i) id = id << 8 | static_cast<unsigned char>(blob[i]);
  return id;
}

}  // namespace

Result<std::string> SecretBox::seal(std::string_view text, const SecretPlace& place) const {
  const auto key = keys_.for_sealing();
  if (!key) return fail(key.error());
  auto sealed = aead::seal(key->bytes, text, bound_to(place));
  if (!sealed) return sealed;
  return head_of(key->id) + *sealed;
}

Result<Secret> SecretBox::unseal(std::string_view blob, const SecretPlace& place) const {
  const auto unknown = [] {
    return fail(ErrorCode::kInvalid, "a sealed secret is cut or of an unknown version");
  };
  if (blob.size() < kHeadBytes + aead::kOverheadBytes) return unknown();
  const std::uint32_t id = key_id_of(blob);
  Result<Secret> key = unknown();
  if (Version{blob[0]} == Version::kDataKey) key = keys_.data_key(id);
  if (Version{blob[0]} == Version::kKek) key = keys_.kek(id);
  if (!key) return key;
  return aead::unseal(*key, blob.substr(kHeadBytes), bound_to(place));
}

Result<std::string> SecretBox::current_head() const {
  const auto key = keys_.for_sealing();
  if (!key) return fail(key.error());
  return head_of(key->id);
}

}  // namespace muster
