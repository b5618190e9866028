#include "aggregator/app/first_token.h"

#include "aggregator/storage/bearer_token.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

constexpr std::size_t kVisibleLength = 8;

// A token that an earlier start wrote is taken again: the database may be newer than the folder.
Result<Secret> read_or_make(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return read_secret_file(file);
  auto token = make_token(kApiTokenPrefix);
  if (!token) return token;
  if (auto written = write_file(file, token->reveal() + "\n", 0600); !written) {
    return fail(written.error());
  }
  return token;
}

}  // namespace

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
