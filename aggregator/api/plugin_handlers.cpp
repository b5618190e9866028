#include "aggregator/api/plugin_handlers.h"

#include "aggregator/api/json_writer.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_plugin(JsonWriter& json, const PluginStatus& plugin) {
  json.begin_object().member("name", plugin.name).member("version", plugin.version);
  json.member("file", plugin.file).member("state", to_string(plugin.state));
  json.member("deaths", plugin.deaths).key("last_end");
  if (plugin.last_end.empty()) {
    json.value(nullptr);
  } else {
    json.begin_object().member("at", to_rfc3339(plugin.last_end_at));
    json.member("how", plugin.last_end).end_object();
  }
  json.end_object();
}

}  // namespace

Answer PluginHandlers::list(const ApiRequest&) {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const PluginStatus& plugin : context_.plugins.status()) write_plugin(json, plugin);
  return ApiResponse{200, json.end_array().end_object().take(), {}};
}

// Done is done: lifting what is not there changes nothing.
Answer PluginHandlers::lift_quarantine(const ApiRequest& request) {
  if (context_.plugins.lift(request.parts.at("name"))) return ApiResponse{204, "", {}};
  return refuse(ProblemCode::kNotFound, "there is no plugin of this name in a process of its own");
}

}  // namespace muster
