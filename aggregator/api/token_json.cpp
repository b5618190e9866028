#include "aggregator/api/token_json.h"

#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_time(JsonWriter& json, std::string_view name, const std::optional<WallTime>& time) {
  json.key(name);
  time ? json.value(to_rfc3339(*time)) : json.value(nullptr);
}

}  // namespace

void write_token_members(JsonWriter& json, const TokenRecord& token) {
  json.member("id", token.id.to_string()).member("name", token.name);
  json.member("role", to_string(token.role)).member("prefix", token.prefix);
  write_time(json, "created_at", token.created_at);
  write_time(json, "expires_at", token.expires_at);
  write_time(json, "last_used_at", token.last_used_at);
  write_time(json, "revoked_at", token.revoked_at);
}

}  // namespace muster
