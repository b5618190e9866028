#include "aggregator/export/check_families.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace muster {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

void append(MetricFamily& to, Labels labels, double value) {
  ClientMetric& metric = to.metric.emplace_back();
  metric.label = std::move(labels);
  metric.gauge.value = metric.untyped.value = value;
}

Labels with(Labels labels, std::string name, std::string value) {
  labels.push_back({std::move(name), std::move(value)});
  return labels;
}

double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// A plugin may call its labels what it likes; Prometheus takes [a-zA-Z_][a-zA-Z0-9_]*.
std::string label_name(std::string name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  std::replace_if(
      name.begin(), name.end(), [&](char c) { return !letter(c) && (c < '0' || c > '9'); }, '_');
  return name.empty() || !letter(name.front()) ? '_' + name : name;
}

// As Prometheus itself does when a target brings a label that is taken.
Labels with_own(Labels labels, const Metric& metric) {
  for (const auto& [given, value] : metric.labels) {
    std::string name = label_name(given);
    const auto taken = [&](const ClientMetric::Label& label) { return label.name == name; };
    while (std::any_of(labels.begin(), labels.end(), taken)) name.insert(0, "exported_");
    labels.push_back({std::move(name), value});
  }
  return labels;
}

Labels labels_of(const Server& server, const LiveCheck& check) {
  return {{"organization", std::to_string(server.organization)},
          {"server", server.name},
          {"probe", check.probe->name}};
}

void add_status(MetricFamily& to, const Server& server, const LiveCheck& check) {
  append(to, labels_of(server, check), static_cast<double>(check.status));
}

void add_duration(MetricFamily& to, const Server& server, const LiveCheck& check) {
  append(to, labels_of(server, check), seconds(check.duration));
}

void add_phases(MetricFamily& to, const Server& server, const LiveCheck& check) {
  const Phases& phases = check.phases;
  const std::pair<const char*, std::chrono::microseconds> named[] = {
      {"dns", phases.dns},
      {"connect", phases.connect},
      {"tls", phases.tls},
      {"first_byte", phases.first_byte},
      {"transfer", phases.transfer}};
  for (const auto& [name, duration] : named) {
    if (duration.count() == 0) continue;
    append(to, with(labels_of(server, check), "phase", name), seconds(duration));
  }
}

// A name that comes twice is shown once: Prometheus refuses a whole page for a repeated series.
void add_components(MetricFamily& to, const Server& server, const LiveCheck& check) {
  std::set<std::string_view> seen;
  for (const Component& component : check.words->components) {
    if (!seen.insert(component.name).second) continue;
    append(to, with(labels_of(server, check), "component", component.name),
           static_cast<double>(component.status));
  }
}

void add_metrics(MetricFamily& to, const Server& server, const LiveCheck& check) {
  if (!check.metrics) return;
  std::set<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> seen;
  for (const Metric& metric : *check.metrics) {
    if (!seen.insert({metric.name, metric.labels}).second) continue;
    append(to, with_own(with(labels_of(server, check), "metric", metric.name), metric),
           metric.value);
  }
}

constexpr CheckFamily kFamilies[] = {
    {"muster_probe_status",
     "What a probe last said of a server: 0 ok, 1 warning, 2 critical, 3 unknown.",
     MetricType::Gauge, add_status},
    {"muster_probe_duration_seconds", "How long the last check took.", MetricType::Gauge,
     add_duration},
    {"muster_probe_phase_seconds", "How long a part of the last check took.", MetricType::Gauge,
     add_phases},
    {"muster_probe_component_status",
     "What a probe last said of a part of a server: 0 ok, 1 warning, 2 critical, 3 unknown.",
     MetricType::Gauge, add_components},
    {"muster_probe_metric",
     "What a probe last measured; the label metric is its name, with its unit.",
     MetricType::Untyped, add_metrics}};

}  // namespace

MetricFamily CheckFamily::begin() const {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

std::span<const CheckFamily> check_families() {
  return kFamilies;
}

}  // namespace muster
