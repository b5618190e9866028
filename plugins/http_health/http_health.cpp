// The plugin http_health: GETs a server's /health and reads the answer. The worse of HTTP status
// and body wins, because some servers answer 200 with "DOWN" inside.
#include <simdjson.h>

#include <string>

#include "health_document.h"
#include "muster/http_get.hpp"

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
    }
  }
})";

HttpGetOptions read_options(std::string_view config_json) {
  simdjson::dom::parser parser;
  const simdjson::dom::element config = parser.parse(std::string(config_json));
  HttpGetOptions options;
  options.path = std::string_view(config["path"]);
  options.follow_redirects = config["follow_redirects"];
  options.most_body_bytes = kMostBodyBytes;
  return options;
}

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
      : HttpGetProbe(host, read_options(config_json)) {}

 private:
  void judge(Run run, const muster_http_response& response, Result& result) override {
    const CodeVerdict code = muster::sdk::judge_code(response.status_code);
    result.status = code.status;
    result.reason = code.reason;
    result.message = code.message;
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
    complete(std::move(run), *document, result);
  }

  static void complete(Run run, const HealthDocument& document, Result& result) {
    const muster_status stated = document.stated.value_or(MUSTER_OK);
    std::string message;
    if (stated >= result.status && stated != MUSTER_OK) {
      result.status = stated;
      result.reason = MUSTER_REASON_REPORTED_UNHEALTHY;
      message = describe(stated, document);
      result.message = message;
    }
    result.components.reserve(document.checks.size());
    for (const Check& check : document.checks) {
      result.add_component(check.name, check.status, check.message);
    }
    std::move(run).complete(result);
  }
};

}  // namespace
}  // namespace http_health

MUSTER_PROBE(http_health::HttpHealth, "http_health", "1.0.0",
             "Asks a server's health endpoint and reads its status and components",
             http_health::kSchema, MUSTER_HTTP)
