#include "aggregator/export/check_families.h"

#include <algorithm>
#include <utility>

namespace muster {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type = MetricType::Gauge) {
  MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  return made;
}

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

}  // namespace

CheckFamilies::CheckFamilies()
    : status_(family("muster_probe_status",
                     "What a probe last said of a server: 0 ok, 1 warning, 2 critical, "
                     "3 unknown.")),
      duration_(family("muster_probe_duration_seconds", "How long the last check took.")),
      phases_(family("muster_probe_phase_seconds", "How long a part of the last check took.")),
      components_(family("muster_probe_component_status",
                         "What a probe last said of a part of a server: 0 ok, 1 warning, "
                         "2 critical, 3 unknown.")),
      metrics_(family("muster_probe_metric",
                      "What a probe last measured; the label metric is its name, with its unit.",
                      MetricType::Untyped)) {}

void CheckFamilies::add(const Server& server, const LiveCheck& check) {
  const Labels labels{{"organization", std::to_string(server.organization)},
                      {"server", server.name},
                      {"probe", check.probe->name}};
  append(status_, labels, static_cast<double>(check.status));
  append(duration_, labels, seconds(check.duration));
  add_phases(labels, check.phases);
  add_components(labels, check.words->components);
  if (check.metrics) add_metrics(labels, *check.metrics);
}

void CheckFamilies::add_phases(const Labels& check_labels, const Phases& phases) {
  const std::pair<const char*, std::chrono::microseconds> named[] = {
      {"dns", phases.dns},
      {"connect", phases.connect},
      {"tls", phases.tls},
      {"first_byte", phases.first_byte},
      {"transfer", phases.transfer}};
  for (const auto& [name, duration] : named) {
    if (duration.count() > 0) append(phases_, with(check_labels, "phase", name), seconds(duration));
  }
}

// A name that comes twice is shown once: Prometheus refuses a whole page for a repeated series.
void CheckFamilies::add_components(const Labels& check_labels,
                                   const std::vector<Component>& components) {
  std::set<std::string> seen;
  for (const Component& component : components) {
    if (!seen.insert(component.name).second) continue;
    append(components_, with(check_labels, "component", component.name),
           static_cast<double>(component.status));
  }
}

void CheckFamilies::add_metrics(const Labels& check_labels, const std::vector<Metric>& metrics) {
  std::set<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> seen;
  for (const Metric& metric : metrics) {
    if (!seen.insert({metric.name, metric.labels}).second) continue;
    append(metrics_, with_own(with(check_labels, "metric", metric.name), metric), metric.value);
  }
}

std::vector<MetricFamily> CheckFamilies::take() {
  std::vector<MetricFamily> all;
  for (MetricFamily* one : {&status_, &duration_, &phases_, &components_, &metrics_}) {
    if (!one->metric.empty()) all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace muster
