#include "aggregator/storage/secret_box.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include "common/base/file.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = 1 + 4 + kNonceBytes;
constexpr char kVersion = 1;

using Bytes = unsigned char*;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher new_cipher() {
  return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Bytes bytes(std::string& text) {
  return reinterpret_cast<Bytes>(text.data());
}

std::string aad_of(const SecretPlace& place) {
  return std::string(place.table) + "|" + std::string(place.column) + "|" +
         std::to_string(place.organization) + "|" + place.row_id;
}

std::string base64(std::string_view raw) {
  std::string text(4 * ((raw.size() + 2) / 3), '\0');
  EVP_EncodeBlock(bytes(text), bytes(raw), static_cast<int>(raw.size()));
  return text;
}

Error damaged(const std::string& name) {
  return {
      ErrorCode::kInvalid,
      name + ": not a key file; each line is `id:base64 of 32 bytes`, restore it from a backup"};
}

Result<void> make_key_file(const fs::path& path) {
  std::string raw(kKeyBytes, '\0');
  if (RAND_bytes(bytes(raw), kKeyBytes) != 1) {
    return fail(ErrorCode::kInternal, "no random bytes for a new key");
  }
  const Secret content("1:" + base64(Secret(std::move(raw)).reveal()) + "\n");
  return write_file(path, content.reveal(), 0600);
}

std::uint32_t key_id_of(std::string_view blob) {
  std::uint32_t id = 0;
  for (int i = 1; i <= 4; ++i) id = id << 8 | static_cast<unsigned char>(blob[i]);
  return id;
}

}  // namespace

Result<SecretBox> SecretBox::open(const fs::path& key_file, bool sealed_values_exist) {
  std::error_code unreadable;
  const bool there = fs::exists(key_file, unreadable);
  if (unreadable)
    return fail(ErrorCode::kUnavailable, key_file.string() + ": " + unreadable.message());
  if (!there && sealed_values_exist) {
    return fail(ErrorCode::kNotFound,
                key_file.string() +
                    ": the key file is missing, but the database holds credentials sealed with its "
                    "key; restore the file from a backup (a new key cannot open them)");
  }
  if (!there) {
    if (auto made = make_key_file(key_file); !made) return fail(made.error());
  }
  auto file = read_secret_file(key_file);
  if (!file) return fail(file.error());
  return parse(*file, key_file.string());
}

Result<SecretBox> SecretBox::parse(const Secret& file, const std::string& name) {
  std::vector<Key> keys;
  std::string_view rest = file.reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    auto key = parse_key(rest.substr(0, end));
    if (!key) return fail(damaged(name));
    keys.push_back(std::move(*key));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (keys.empty()) return fail(damaged(name));
  return SecretBox(std::move(keys));
}

Result<SecretBox::Key> SecretBox::parse_key(std::string_view line) {
  const Error bad{ErrorCode::kInvalid, "bad key line"};
  Key key;
  const auto [colon, error] = std::from_chars(line.data(), line.data() + line.size(), key.id);
  const auto id_size = static_cast<std::size_t>(colon - line.data());
  if (error != std::errc() || id_size == line.size() || *colon != ':') return fail(bad);
  const std::string_view coded = line.substr(id_size + 1);
  // 32 bytes are 44 characters, of which the last pads; anything else was cut or changed.
  if (coded.size() != 44 || coded[42] == '=' || coded[43] != '=') return fail(bad);
  std::string raw(kKeyBytes + 1, '\0');
  if (EVP_DecodeBlock(bytes(raw), bytes(coded), 44) != kKeyBytes + 1) return fail(bad);
  raw.resize(kKeyBytes);
  key.bytes = Secret(std::move(raw));
  return key;
}

Result<std::string> SecretBox::seal(std::string_view text, const SecretPlace& place) const {
  const Key& key = keys_.front();
  std::string blob(kHeadBytes + text.size() + kTagBytes, '\0');
  blob[0] = kVersion;
  for (int i = 0; i < 4; ++i) blob[1 + i] = static_cast<char>(key.id >> (24 - 8 * i));
  const Bytes nonce = bytes(blob) + 5;
  const Bytes body = bytes(blob) + kHeadBytes;
  const std::string aad = aad_of(place);
  const Cipher cipher = new_cipher();
  int size = 0;
  const bool sealed =
      RAND_bytes(nonce, kNonceBytes) == 1 &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key.bytes.reveal()),
                         nonce) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes(aad), static_cast<int>(aad.size())) ==
          1 &&
      EVP_EncryptUpdate(cipher.get(), body, &size, bytes(text), static_cast<int>(text.size())) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), body + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + text.size()) == 1;
  if (!sealed) return fail(ErrorCode::kInternal, "a secret could not be sealed");
  return blob;
}

Result<Secret> SecretBox::unseal(std::string_view blob, const SecretPlace& place) const {
  if (blob.size() < kHeadBytes + kTagBytes || blob[0] != kVersion) {
    return fail(ErrorCode::kInvalid, "a sealed secret is cut or of an unknown version");
  }
  const std::uint32_t id = key_id_of(blob);
  const auto key = std::ranges::find(keys_, id, &Key::id);
  if (key == keys_.end()) {
    return fail(ErrorCode::kNotFound,
                "a secret is sealed with key " + std::to_string(id) + ", which the key file lacks");
  }
  const std::string_view body = blob.substr(kHeadBytes, blob.size() - kHeadBytes - kTagBytes);
  std::string tag(blob.substr(blob.size() - kTagBytes));
  std::string text(body.size(), '\0');
  const std::string aad = aad_of(place);
  const Cipher cipher = new_cipher();
  int size = 0;
  const bool opened =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key->bytes.reveal()),
                         bytes(blob) + 5) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes(aad), static_cast<int>(aad.size())) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(), bytes(text), &size, bytes(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes(tag)) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes(text) + size, &size) == 1;
  Secret secret(std::move(text));
  if (!opened) return fail(ErrorCode::kInvalid, "a sealed secret was changed or moved");
  return secret;
}

}  // namespace muster
