#include "aggregator/storage/aead.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <utility>

namespace muster::aead {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher new_cipher() {
  return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

int length(std::string_view text) {
  return static_cast<int>(text.size());
}

}  // namespace

Result<Secret> random_key() {
  std::string raw(kKeyBytes, '\0');
  if (RAND_bytes(bytes(raw), kKeyBytes) != 1) {
    return fail(ErrorCode::kInternal, "no random bytes for a new key");
  }
  return Secret(std::move(raw));
}

Result<std::string> seal(const Secret& key, std::string_view text, std::string_view bound_to) {
  std::string sealed(kNonceBytes + text.size() + kTagBytes, '\0');
  unsigned char* const nonce = bytes(sealed);
  unsigned char* const body = nonce + kNonceBytes;
  const Cipher cipher = new_cipher();
  EVP_CIPHER_CTX* const context = cipher.get();
  int size = 0;
  const bool done =
      RAND_bytes(nonce, kNonceBytes) == 1 &&
      EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, bytes(key.reveal()), nonce) == 1 &&
      EVP_EncryptUpdate(context, nullptr, &size, bytes(bound_to), length(bound_to)) == 1 &&
      EVP_EncryptUpdate(context, body, &size, bytes(text), length(text)) == 1 &&
      EVP_EncryptFinal_ex(context, body + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, body + text.size()) == 1;
  if (!done) return fail(ErrorCode::kInternal, "a secret could not be sealed");
  return sealed;
}

Result<Secret> unseal(const Secret& key, std::string_view sealed, std::string_view bound_to) {
  if (sealed.size() < kOverheadBytes) return fail(ErrorCode::kInvalid, "a sealed secret is cut");
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kOverheadBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string text(body.size(), '\0');
  const Cipher cipher = new_cipher();
  EVP_CIPHER_CTX* const context = cipher.get();
  int size = 0;
  const bool opened =
      EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, bytes(key.reveal()), bytes(sealed)) ==
          1 &&
      EVP_DecryptUpdate(context, nullptr, &size, bytes(bound_to), length(bound_to)) == 1 &&
      EVP_DecryptUpdate(context, bytes(text), &size, bytes(body), length(body)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes(tag)) == 1 &&
      EVP_DecryptFinal_ex(context, bytes(text) + size, &size) == 1;
  Secret secret(std::move(text));
  if (!opened) return fail(ErrorCode::kInvalid, "a sealed secret was changed or moved");
  return secret;
}

}  // namespace muster::aead
