#include "pull_config.h"

#include <simdjson.h>

#include <stdexcept>

#include "muster/http_get.hpp"

namespace prometheus_pull {
namespace dom = simdjson::dom;
using muster::sdk::ConfigError;
namespace {

std::string text_of(dom::element map, const char* key) {
  return std::string(std::string_view(map[key]));
}

std::optional<double> bound_of(dom::element map, const char* key) {
  double bound = 0;
  return map[key].get(bound) == simdjson::SUCCESS ? std::optional(bound) : std::nullopt;
}

muster_status status_of(std::string_view word) {
  return word == "ok" ? MUSTER_OK : word == "warning" ? MUSTER_WARNING : MUSTER_CRITICAL;
}

Selection read_selection(dom::element item, const std::string& place) {
  try {
    return {SeriesSelector(text_of(item, "series")),
            {bound_of(item, "warning_above"), bound_of(item, "critical_above"),
             bound_of(item, "warning_below"), bound_of(item, "critical_below")},
            status_of(text_of(item, "if_missing"))};
  } catch (const std::invalid_argument& wrong) {
    throw ConfigError(place + "/series", wrong.what());
  }
}

}  // namespace

PullConfig::PullConfig(std::string_view json) {
  dom::parser parser;
  const std::string kept(json);
  const dom::element root = parser.parse(kept);
  scheme = text_of(root, "scheme");
  port = static_cast<std::uint16_t>(std::uint64_t(root["port"]));
  path = text_of(root, "path");
  send_token = root["send_token"];
  follow_redirects = root["follow_redirects"];
  with_node_metrics = root["node_metrics"];
  node.mountpoint = text_of(root, "mountpoint");
  node.ignored_interfaces.clear();
  for (const dom::element name : dom::array(root["ignored_interfaces"])) {
    node.ignored_interfaces.emplace_back(std::string_view(name));
  }
  most_series = std::uint64_t(root["most_series"]);
  for (const dom::element item : dom::array(root["select"])) {
    selections.push_back(read_selection(item, "/select/" + std::to_string(selections.size())));
  }
}

std::string PullConfig::url_for(std::string_view host) const {
  return scheme + "://" + muster::sdk::host_in_url(host) + ":" + std::to_string(port) + path;
}

}  // namespace prometheus_pull
