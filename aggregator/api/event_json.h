// An event for people and programs. Pure.
#pragma once

#include <string>

#include "aggregator/api/json_writer.h"
#include "aggregator/storage/event_repository.h"

namespace muster {

void write_event(JsonWriter& json, const EventRecord& event);

// As server-sent events have it (WHATWG HTML, 9.2): id, event, one line of data, an empty line.
std::string event_frame(const EventRecord& event);

}  // namespace muster
