#include "aggregator/api/event_json.h"

#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_optional(JsonWriter& json, std::string_view name,
                    const std::optional<std::string>& text) {
  json.key(name);
  text ? json.value(*text) : json.value(nullptr);
}

}  // namespace

void write_event(JsonWriter& json, const EventRecord& event) {
  json.begin_object().member("id", std::to_string(event.id)).member("at", to_rfc3339(event.at));
  json.member("kind", event.kind).key("server");
  if (event.server) {
    json.begin_object().member("id", event.server->to_string()).member("key", event.server_key);
    json.member("name", event.server_name).end_object();
  } else {
    json.value(nullptr);
  }
  write_optional(json, "from", event.from);
  write_optional(json, "to", event.to);
  json.member("reason", to_string(event.reason)).member("message", event.message).end_object();
}

std::string event_frame(const EventRecord& event) {
  JsonWriter json;
  write_event(json, event);
  return "id: " + std::to_string(event.id) + "\nevent: " + event.kind + "\ndata: " + json.take() +
         "\n\n";
}

}  // namespace muster
