// Authenticated encryption, AES-256-GCM: nonce, 12 bytes | ciphertext | tag, 16 bytes. What a text
// is bound to must be said again to open it, and is not stored. Pure but for random bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace muster::aead {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kOverheadBytes = 12 + 16;

Result<Secret> random_key();

Result<std::string> seal(const Secret& key, std::string_view text, std::string_view bound_to);

// kInvalid when it was changed, or is bound to something else, or another key sealed it.
Result<Secret> unseal(const Secret& key, std::string_view sealed, std::string_view bound_to);

}  // namespace muster::aead
