#include "aggregator/api/check_json.h"

#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_phase(JsonWriter& json, std::string_view name, std::chrono::microseconds duration) {
  if (duration.count() > 0) json.member(name, milliseconds(duration));
}

void write_components(JsonWriter& json, const std::vector<Component>& components) {
  json.key("components").begin_array();
  for (const Component& component : components) {
    json.begin_object().member("name", component.name);
    json.member("status", to_string(component.status));
    json.member("message", component.message).end_object();
  }
  json.end_array();
}

void write_metrics(JsonWriter& json, const std::vector<Metric>& metrics) {
  json.key("metrics").begin_array();
  for (const Metric& metric : metrics) {
    json.begin_object().member("name", metric.name).member("value", metric.value);
    json.key("labels").begin_object();
    for (const auto& [name, value] : metric.labels) json.member(name, value);
    json.end_object().end_object();
  }
  json.end_array();
}

}  // namespace

double milliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

void write_phases(JsonWriter& json, const Phases& phases) {
  json.begin_object();
  write_phase(json, "dns", phases.dns);
  write_phase(json, "connect", phases.connect);
  write_phase(json, "tls", phases.tls);
  write_phase(json, "first_byte", phases.first_byte);
  write_phase(json, "transfer", phases.transfer);
  json.end_object();
}

void write_check(JsonWriter& json, const CheckResult& result) {
  json.begin_object();
  json.member("probe", result.probe->name).member("status", to_string(result.status));
  json.member("reason", to_string(result.reason)).member("message", result.message());
  json.key("http_status");
  result.http_status == 0 ? json.value(nullptr) : json.value(result.http_status);
  json.member("duration_ms", milliseconds(result.duration));
  json.key("phases_ms");
  write_phases(json, result.phases);
  write_components(json, result.words->components);
  write_metrics(json, result.metrics);
  json.member("at", to_rfc3339(result.started_at)).end_object();
}

}  // namespace muster
