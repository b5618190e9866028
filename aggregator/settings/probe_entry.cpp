#include "aggregator/settings/probe_entry.h"

#include "common/config/nearest.h"
#include "common/config/reader.h"

namespace muster {

const std::string_view kProbesSchema = R"yaml(
type: array
default: []
items:
  type: object
  required: [name, plugin]
  properties:
    name:
      type: string
      maxLength: 63
      pattern: '^[a-z][a-z0-9_-]*$'
      description: unique; stands in metrics, the API and the dashboard
    plugin:
      type: string
      maxLength: 63
      pattern: '^[a-z][a-z0-9_]*$'
      description: which plugin does the work, http_health for muster_probe_http_health.so
    every:
      type: string
      format: duration
      minimum: 1s
      maximum: 1d
      default: 30s
      description: time from one check of a server to the next
    timeout:
      type: string
      format: duration
      minimum: 10ms
      maximum: 1h
      default: 5s
      description: time for a whole check, name resolution included; at most every
    retries:
      type: integer
      minimum: 0
      maximum: 20
      default: 2
      description: extra checks of a server whose results contradict its state, before the next slot
    retry_every:
      type: string
      format: duration
      minimum: 100ms
      maximum: 1h
      default: 5s
      description: time from a check to its retry
    affects_health:
      type: boolean
      default: true
      description: whether the server's state follows this probe
    credentials:
      type: boolean
      description: >-
        whether the plugin is given the servers' tokens; true for Muster's own plugins, false for
        others
    isolation:
      type: string
      enum: [process, in_process]
      description: >-
        where the plugin runs; in_process for Muster's own plugins, process for others, whose faults
        then cost nobody else
    failures:
      type: integer
      minimum: 1
      maximum: 100
      description: instead of health.failures
    successes:
      type: integer
      minimum: 1
      maximum: 100
      description: instead of health.successes
    select:
      type: object
      description: which servers; without it, all
      properties:
        tags: &names
          type: array
          minItems: 1
          uniqueItems: true
          items: {type: string, minLength: 1}
        regions: *names
        environments: *names
        groups: *names
    config:
      type: object
      description: for the plugin
)yaml";

namespace {

std::string plugin_names(const PluginSchemas& plugins) {
  std::string names;
  for (const auto& [name, schema] : plugins) names += (names.empty() ? "" : ", ") + name;
  return names;
}

Fault unknown_plugin(const ProbeEntry& probe, const PluginSchemas& plugins) {
  std::vector<std::string> known;
  for (const auto& [name, schema] : plugins) known.push_back(name);
  const auto meant = nearest(probe.spec.plugin, known);
  std::string hint = "; no plugin is loaded";
  if (!known.empty()) hint = "; loaded: " + plugin_names(plugins);
  if (meant) hint = ", did you mean \"" + *meant + "\"?";
  return {probe.plugin_at, "plugin: unknown plugin \"" + probe.spec.plugin + '"' + hint};
}

std::vector<std::string> read_names(const Node& select, std::string_view key) {
  return has(select, key) ? read_strings(select, key) : std::vector<std::string>();
}

int read_threshold(const Node& probe, std::string_view key, int usual) {
  return has(probe, key) ? static_cast<int>(read_integer(probe, key)) : usual;
}

// A plugin may quote what it does not like.
void hide_secrets(std::string& words, const Node& node) {
  constexpr std::string_view kInstead = "(secret)";
  for (const Node& item : node.items) hide_secrets(words, item);
  for (const Node::Entry& entry : node.entries) hide_secrets(words, entry.value);
  if (!node.secret || node.text.empty()) return;
  for (std::size_t at = words.find(node.text); at != std::string::npos;
       at = words.find(node.text, at + kInstead.size())) {
    words.replace(at, node.text.size(), kInstead);
  }
}

}  // namespace

void check_probe(const Node& probe, Faults& faults) {
  const Node* every = probe.find("every");
  const Node* timeout = probe.find("timeout");
  if (every != nullptr && timeout != nullptr) {
    const auto interval = parse_duration(every->text);
    const auto limit = parse_duration(timeout->text);
    if (interval && limit && *limit > *interval) {
      faults.push_back(
          {timeout->at, "timeout: " + timeout->text + " is longer than every, " + every->text});
    }
  }
  const Node* select = probe.find("select");
  if (select != nullptr && select->kind == Node::Kind::kMap && select->entries.empty()) {
    faults.push_back({select->at, "select: it is empty; leave it out to probe every server"});
  }
}

ProbeEntry read_probe(const Node& probe, const Thresholds& usual) {
  ProbeEntry entry;
  entry.at = probe.at;
  entry.plugin_at = child(probe, "plugin").at;
  ProbeSpec& spec = entry.spec;
  spec.name = read_string(probe, "name");
  spec.plugin = read_string(probe, "plugin");
  spec.every = read_duration(probe, "every");
  spec.timeout = read_duration(probe, "timeout");
  spec.retries = static_cast<int>(read_integer(probe, "retries"));
  spec.retry_every = read_duration(probe, "retry_every");
  spec.affects_health = read_boolean(probe, "affects_health");
  if (has(probe, "credentials")) entry.credentials = read_boolean(probe, "credentials");
  if (has(probe, "isolation")) entry.isolated = read_string(probe, "isolation") == "process";
  spec.thresholds.failures = read_threshold(probe, "failures", usual.failures);
  spec.thresholds.successes = read_threshold(probe, "successes", usual.successes);
  if (has(probe, "select")) {
    const Node& select = child(probe, "select");
    spec.select = {read_names(select, "tags"), read_names(select, "regions"),
                   read_names(select, "environments"), read_names(select, "groups")};
  }
  entry.config = has(probe, "config") ? child(probe, "config") : Node{Node::Kind::kMap, probe.at};
  return entry;
}

Faults finish_probes(std::vector<ProbeEntry>& probes, const PluginSchemas& plugins,
                     const Surroundings& surroundings) {
  Faults faults;
  for (ProbeEntry& probe : probes) {
    const auto plugin = plugins.find(probe.spec.plugin);
    if (plugin == plugins.end()) {
      faults.push_back(unknown_plugin(probe, plugins));
      continue;
    }
    const Schema& schema = *plugin->second;
    const Faults found = schema.apply(probe.config, surroundings);
    faults.insert(faults.end(), found.begin(), found.end());
    if (found.empty()) probe.spec.config_json = to_json(probe.config, schema.tree());
  }
  return faults;
}

Fault plugin_fault(const ProbeEntry& probe, std::string_view error) {
  const std::string_view pointer = error.substr(0, error.find(':'));
  std::string words(error);
  hide_secrets(words, probe.config);
  return {probe.config.nearest(pointer).at, "probe \"" + probe.spec.name + "\": " + words};
}

}  // namespace muster
