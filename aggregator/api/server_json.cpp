#include "aggregator/api/server_json.h"

#include <algorithm>

#include "aggregator/api/json_time.h"
#include "aggregator/api/word_list.h"
#include "common/base/pem.h"

namespace muster {
namespace {

const LiveCheck* worst_check(const LiveServer& live) {
  const auto bad = [](CheckStatus status) {  // warning < unknown < critical
    return status == CheckStatus::kCritical ? 4 : static_cast<int>(status);
  };
  const auto worst = std::max_element(
      live.checks.begin(), live.checks.end(),
      [&](const LiveCheck& a, const LiveCheck& b) { return bad(a.status) < bad(b.status); });
  return worst == live.checks.end() ? nullptr : &*worst;
}

ShownHealth stored_health(const ServerRecord& server) {
  return {server.health,       server.health_reason, server.health_message,
          server.health_since, server.last_seen_at,  BreakerState::kClosed};
}

// The stored reason belongs to the stored state. When memory knows of a later change, that has its
// own; when it has another state without one, the last checks say why.
void lay_over(ShownHealth& shown, const LiveServer& live) {
  if (live.words) {
    shown.reason = live.reason;
    shown.message = live.words->message;
  } else if (live.state != shown.state) {
    const LiveCheck* const check = worst_check(live);
    shown.reason = check ? check->reason : FailureReason::kNone;
    shown.message = check ? check->words->message : "";
  }
  shown.state = live.state;
  shown.breaker = live.breaker;
  if (live.since != WallTime()) shown.since = live.since;
  if (live.last_seen) shown.last_seen = std::max(live.last_seen, shown.last_seen);
}

void write_health(JsonWriter& json, const ShownHealth& health) {
  json.member("health_status", to_string(health.state));
  json.member("health_reason", to_string(health.reason));
  json.member("health_message", health.message);
  write_time(json, "health_since", health.since);
  write_time(json, "last_seen_at", health.last_seen);
  json.member("breaker", to_string(health.breaker));
}

// What names and ends a set of certificates: the first one's subject, the earliest expiry. Null
// where there is none.
void write_certificates(JsonWriter& json, const std::string& name, const std::string& pem) {
  std::optional<std::string> subject;
  std::optional<WallTime> expiry;
  if (const auto certificates = read_certificates(pem)) {
    subject = subject_of(*certificates->front());
    for (const auto& certificate : *certificates) {
      expiry = std::min(expiry.value_or(WallTime::max()), expiry_of(*certificate));
    }
  }
  json.key(name + "_subject");
  subject ? json.value(*subject) : json.value(nullptr);
  write_time(json, name + "_expires_at", expiry);
}

void write_pem(JsonWriter& json, std::string_view name, const std::string& pem) {
  json.key(name);
  pem.empty() ? json.value(nullptr) : json.value(pem);
}

void write_tls(JsonWriter& json, const ServerRecord& server, PemTexts pem) {
  json.key("tls");
  if (server.tls_ca_pem.empty() && server.tls_certificate_pem.empty()) {
    json.value(nullptr);
    return;
  }
  json.begin_object();
  if (pem == PemTexts::kShown) {
    write_pem(json, "ca_pem", server.tls_ca_pem);
    write_pem(json, "client_certificate_pem", server.tls_certificate_pem);
  }
  json.member("client_key_set", server.has_tls_key);
  write_certificates(json, "ca", server.tls_ca_pem);
  write_certificates(json, "client_certificate", server.tls_certificate_pem);
  json.end_object();
}

}  // namespace

ShownHealth shown_health(const ServerRecord& server, const LiveTable& live) {
  ShownHealth shown = stored_health(server);
  live.look(server.key, [&](const LiveServer& now) { lay_over(shown, now); });
  return shown;
}

ShownHealth shown_health(const ServerRecord& server, const std::optional<LiveServer>& live) {
  ShownHealth shown = stored_health(server);
  if (live) lay_over(shown, *live);
  return shown;
}

void write_server_members(JsonWriter& json, const ServerRecord& server, const ShownHealth& health,
                          PemTexts pem) {
  json.member("id", server.id.to_string()).member("key", server.key);
  json.member("name", server.name);
  json.member("hostname", server.hostname).member("api_url", server.api_url);
  json.member("api_token_set", server.has_api_token);
  write_time(json, "previous_api_token_until", server.previous_token_until);
  write_tls(json, server, pem);
  json.member("region", server.region).member("environment", server.environment);
  write_words(json, "tags", server.tags);
  write_words(json, "groups", server.groups);
  json.key("metadata").raw(server.metadata_json);
  json.member("status", to_string(server.status));
  write_health(json, health);
  json.member("version", server.version);
  json.member("created_at", to_rfc3339(server.created_at));
  json.member("updated_at", to_rfc3339(server.updated_at));
}

}  // namespace muster
