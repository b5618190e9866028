// The plugin metrics_pull: GETs a server's current metrics as one JSON document.
#include <simdjson.h>

#include <string>

#include "metrics_document.h"
#include "muster/http_get.hpp"

namespace metrics_pull {
namespace {

using muster::sdk::CodeVerdict;
using muster::sdk::Host;
using muster::sdk::HttpGetOptions;
using muster::sdk::HttpGetProbe;
using muster::sdk::Result;
using muster::sdk::Run;

constexpr std::uint32_t kMostBodyBytes = 1024 * 1024;

constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "path": {
      "type": "string", "pattern": "^/[!-~]*$", "maxLength": 1024,
      "default": "/api/v1/metrics/current",
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
  options.compressed = true;
  return options;
}

bool is_counter(std::string_view name) {
  return name == "network_receive_bytes" || name == "network_transmit_bytes";
}

class MetricsPull final : public HttpGetProbe {
 public:
  MetricsPull(const Host& host, std::string_view config_json)
      : HttpGetProbe(host, read_options(config_json)) {}

 private:
  void judge(Run run, const muster_http_response& response, Result& result) override {
    const CodeVerdict code = muster::sdk::judge_code(response.status_code);
    result.status = code.status;
    result.reason = code.reason;
    result.message = code.message;
    if (code.status != MUSTER_OK) return std::move(run).complete(result);

    const auto document = read_metrics(muster::sdk::view(response.body));
    if (!document) {
      result.status = MUSTER_CRITICAL;
      result.reason = MUSTER_REASON_BAD_DOCUMENT;
      result.message = "the metrics document is not a JSON object";
      return std::move(run).complete(result);
    }
    for (const Value& value : document->values) {
      is_counter(value.name) ? result.add_counter(value.name, value.value)
                             : result.add_gauge(value.name, value.value);
    }
    std::move(run).complete(result);
  }
};

}  // namespace
}  // namespace metrics_pull

MUSTER_PROBE(metrics_pull::MetricsPull, "metrics_pull", "1.0.0",
             "Pulls a server's current metrics: cpu, memory, disk, network, services, llm, users",
             metrics_pull::kSchema, MUSTER_HTTP)
