// The plugin http_health: GETs a server's /health and reads the answer. The worse of HTTP status
// and body wins, because some servers answer 200 with "DOWN" inside.
#include <simdjson.h>

#include <string>

#include "health_document.h"
#include "muster/http_get.hpp"
#include "shared/certificate.h"

namespace http_health {
namespace {

using muster::sdk::CodeVerdict;
using muster::sdk::Host;
using muster::sdk::HttpGetOptions;
using muster::sdk::HttpGetProbe;
using muster::sdk::Result;
using muster::sdk::Run;

constexpr std::uint32_t kMostBodyBytes = 256 * 1024;

constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "path": {
      "type": "string", "pattern": "^/[!-~]*$", "maxLength": 1024, "default": "/health",
      "description": "Path and query below the server's api_url."
    },
    "follow_redirects": {
      "type": "boolean", "default": true,
      "description": "Whether a redirect is followed, at most 3 and to the same scheme."
    },
    "certificate_warn_days": {
      "type": "integer", "minimum": 0, "maximum": 3650, "default": 14,
      "description": "A certificate that expires within so many days is a warning; 0: never."
    }
  }
})";

struct Config {
  explicit Config(std::string_view json) {
    simdjson::dom::parser parser;
    const simdjson::dom::element root = parser.parse(std::string(json));
    get.path = std::string_view(root["path"]);
    get.follow_redirects = root["follow_redirects"];
    get.most_body_bytes = kMostBodyBytes;
    certificate_warn_days = root["certificate_warn_days"];
  }
  HttpGetOptions get;
  std::int64_t certificate_warn_days = 0;
};

std::string describe(muster_status status, const HealthDocument& document) {
  if (status == MUSTER_OK) return {};
  std::string text = status == MUSTER_WARNING ? "degraded" : "unhealthy";
  const char* separator = ": ";
  for (const Check& check : document.checks) {
    if (check.status != MUSTER_WARNING && check.status != MUSTER_CRITICAL) continue;
    text += separator + check.name;
    separator = ", ";
  }
  return text;
}

class HttpHealth final : public HttpGetProbe {
 public:
  HttpHealth(const Host& host, std::string_view config_json)
      : HttpHealth(host, Config(config_json)) {}

 private:
  HttpHealth(const Host& host, const Config& config)
      : HttpGetProbe(host, config.get),
        warn_days_(config.certificate_warn_days),
        expires_soon_("the server's certificate expires within " + std::to_string(warn_days_) +
                      (warn_days_ == 1 ? " day" : " days")) {}

  void judge(Run run, const muster_http_response& response, Result& result) override {
    const CodeVerdict code = muster::sdk::judge_code(response.status_code);
    result.status = code.status;
    result.reason = code.reason;
    result.message = code.message;
    const bool expires_soon = add_certificate(response.certificate_expires_at, result);
    // 401, 403, 404, 429, 3xx: the body is not a health document.
    if (code.status == MUSTER_UNKNOWN) return std::move(run).complete(result);

    const auto document = read_health(muster::sdk::view(response.body));
    if (!document) {
      if (code.status == MUSTER_OK) {
        result.status = MUSTER_CRITICAL;
        result.reason = MUSTER_REASON_BAD_DOCUMENT;
        result.message = "the health document is broken JSON";
      }
      return std::move(run).complete(result);
    }
    complete(std::move(run), *document, expires_soon, result);
  }

  // `expires_at`: Unix seconds, 0 without TLS. Returns whether that is soon.
  bool add_certificate(std::int64_t expires_at, Result& result) const {
    if (expires_at == 0) return false;
    const std::int64_t seconds_left = muster::probes::seconds_until(expires_at);
    result.add_gauge("certificate_expires_in_days", muster::probes::whole_days(seconds_left));
    return seconds_left < warn_days_ * muster::probes::kDaySeconds;
  }

  void complete(Run run, const HealthDocument& document, bool expires_soon, Result& result) const {
    const muster_status stated = document.stated.value_or(MUSTER_OK);
    std::string message(result.message);
    if (stated >= result.status && stated != MUSTER_OK) {
      result.status = stated;
      result.reason = MUSTER_REASON_REPORTED_UNHEALTHY;
      message = describe(stated, document);
    }
    // The days are no part of the message: equal messages are stored once.
    if (expires_soon && (result.status == MUSTER_OK || result.status == MUSTER_WARNING)) {
      result.status = MUSTER_WARNING;
      message += (message.empty() ? "" : "; ") + expires_soon_;
    }
    result.message = message;
    result.components.reserve(document.checks.size());
    for (const Check& check : document.checks) {
      result.add_component(check.name, check.status, check.message);
    }
    std::move(run).complete(result);
  }

  const std::int64_t warn_days_;
  const std::string expires_soon_;
};

}  // namespace
}  // namespace http_health

MUSTER_PROBE(http_health::HttpHealth, "http_health", "1.0.0",
             "Asks a server's health endpoint and reads its status and components",
             http_health::kSchema, MUSTER_HTTP)
