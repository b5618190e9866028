#include "common/base/secret.h"

#include <openssl/crypto.h>

namespace muster {
namespace {

// The small-string buffer lives inside the object, so it is cleansed too, not only the heap part.
void wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  wipe(other.text_);
}

Secret& Secret::operator=(Secret other) noexcept {
  text_.swap(other.text_);
  return *this;
}

Secret::~Secret() {
  wipe(text_);
}

bool Secret::equals(std::string_view other) const {
  return text_.size() == other.size() &&
         CRYPTO_memcmp(text_.data(), other.data(), other.size()) == 0;
}

}  // namespace muster
