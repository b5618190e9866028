#include "aggregator/app/first_token.h"

#include <openssl/rand.h>
#include <zlib.h>

#include <string_view>

#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomLength = 30;
constexpr std::size_t kVisibleLength = 8;

// Bytes past the last multiple of 62 are thrown away, so that every character is equally likely.
char random_character() {
  unsigned char byte = 0;
  do {
    RAND_bytes(&byte, 1);
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

// A token that an earlier start wrote is taken again: the database may be newer than the folder.
Result<Secret> read_or_make(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return read_secret_file(file);
  Secret token = make_token();
  if (auto written = write_file(file, token.reveal() + "\n", 0600); !written) {
    return fail(written.error());
  }
  return token;
}

}  // namespace

Secret make_token() {
  std::string token = "mst_";
  for (std::size_t i = 0; i < kRandomLength; ++i) token += random_character();
  return Secret(token + checksum(token));
}

Result<void> ensure_first_token(TokenRepository& tokens, const std::filesystem::path& file) {
  const auto count = tokens.count();
  if (!count) return fail(count.error());
  if (*count > 0) return {};
  const auto token = read_or_make(file);
  if (!token) return fail(token.error());
  NewToken record;
  record.role = Role::kPlatform;
  record.name = "first admin token";
  record.sha256 = sha256(token->reveal());
  record.prefix = token->reveal().substr(0, kVisibleLength);
  const auto created = tokens.create(record);
  if (!created) return fail(created.error());
  log::info("token.created", {{"role", to_string(record.role)}, {"file", file.string()}});
  return {};
}

}  // namespace muster
