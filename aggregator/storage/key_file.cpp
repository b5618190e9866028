#include "aggregator/storage/key_file.h"

#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "aggregator/storage/aead.h"
#include "common/base/file.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

// 32 bytes are 44 characters, of which the last pads.
constexpr std::size_t kCodedBytes = 44;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Secret line_of(const Kek& key) {
  std::string text(kCodedBytes + 1, '\0');  // and the NUL that is written behind
  EVP_EncodeBlock(bytes(text), bytes(key.bytes.reveal()), aead::kKeyBytes);
  text.back() = '\n';
  return Secret(std::to_string(key.id) + ":" + Secret(std::move(text)).reveal());
}

std::optional<Kek> key_of(std::string_view line) {
  Kek key;
  const auto [colon, error] = std::from_chars(line.data(), line.data() + line.size(), key.id);
  const auto id_size = static_cast<std::size_t>(colon - line.data());
  if (error != std::errc() || id_size == line.size() || *colon != ':') return std::nullopt;
  const std::string_view coded = line.substr(id_size + 1);
  if (coded.size() != kCodedBytes || coded[42] == '=' || coded[43] != '=') return std::nullopt;
  std::string raw(aead::kKeyBytes + 1, '\0');
  if (EVP_DecodeBlock(bytes(raw), bytes(coded), kCodedBytes) != aead::kKeyBytes + 1) {
    return std::nullopt;
  }
  raw.resize(aead::kKeyBytes);
  key.bytes = Secret(std::move(raw));
  return key;
}

Error damaged(const fs::path& path) {
  return {ErrorCode::kInvalid, path.string() +
                                   ": not a key file; each line is `id:base64 of 32 bytes`, "
                                   "restore it from a backup"};
}

Result<void> check_owner(const fs::path& path) {
  struct stat stat {};
  if (::stat(path.c_str(), &stat) != 0) return fail_errno(path.string());
  if (stat.st_uid == ::geteuid()) return {};
  return fail(ErrorCode::kDenied,
              path.string() + ": belongs to another user; run this as the user of musterd");
}

}  // namespace

Result<bool> KeyFile::exists() const {
  std::error_code error;
  const bool there = fs::exists(path_, error);
  if (error) return fail(ErrorCode::kUnavailable, path_.string() + ": " + error.message());
  return there;
}

Result<std::vector<Kek>> KeyFile::read() const {
  const auto file = read_secret_file(path_);
  if (!file) return fail(file.error());
  std::vector<Kek> keys;
  std::string_view rest = file->reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    auto key = key_of(rest.substr(0, end));
    if (!key || std::ranges::find(keys, key->id, &Kek::id) != keys.end()) {
      return fail(damaged(path_));
    }
    keys.push_back(std::move(*key));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (keys.empty()) return fail(damaged(path_));
  return keys;
}

Result<Kek> KeyFile::put_first(std::uint32_t id) const {
  auto there = exists();
  if (!there) return fail(there.error());
  Secret others;
  if (*there) {
    if (auto ours = check_owner(path_); !ours) return fail(ours.error());
    auto file = read_secret_file(path_);
    if (!file) return fail(file.error());
    others = std::move(*file);
  }
  auto bytes = aead::random_key();
  if (!bytes) return fail(bytes.error());
  Kek key{id, std::move(*bytes)};
  const Secret content(line_of(key).reveal() + others.reveal() + (others.empty() ? "" : "\n"));
  if (auto written = write_file(path_, content.reveal(), 0600); !written) {
    return fail(written.error());
  }
  return key;
}

}  // namespace muster
