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
  std::string digits(6, '0');
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
  return Secret(token + checksum(token));
}

}  // namespace muster
