#include "aggregator/storage/bearer_token.h"

#include <openssl/rand.h>
#include <zlib.h>

#include <optional>
#include <string>

namespace muster {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomLength = 30;
constexpr std::size_t kChecksumLength = 6;

// Bytes past the last multiple of 62 are thrown away, so that every character is equally likely.
std::optional<char> random_character() {
  unsigned char byte = 0;
  do {
    if (RAND_bytes(&byte, 1) != 1) return std::nullopt;
  } while (byte >= 256 / kAlphabet.size() * kAlphabet.size());
  return kAlphabet[byte % kAlphabet.size()];
}

std::string checksum(std::string_view text) {
  auto crc =
      ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  std::string digits(kChecksumLength, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = kAlphabet[crc % kAlphabet.size()];
    crc /= kAlphabet.size();
  }
  return digits;
}

}  // namespace

Result<Secret> make_token(std::string_view prefix) {
  std::string token(prefix);
  for (std::size_t i = 0; i < kRandomLength; ++i) {
    const auto character = random_character();
    if (!character) return fail(ErrorCode::kUnavailable, "this system gives no random numbers");
    token += *character;
  }
  return Secret(with_checksum(token));
}

std::string with_checksum(std::string_view text) {
  return std::string(text) + checksum(text);
}

bool has_form(std::string_view token, std::string_view prefix) {
  const std::size_t checked = prefix.size() + kRandomLength;
  return token.size() == checked + kChecksumLength && token.starts_with(prefix) &&
         token.substr(checked) == checksum(token.substr(0, checked));
}

}  // namespace muster
