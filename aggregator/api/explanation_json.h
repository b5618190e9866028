// Why a server is in its state: a sentence first, then what decides. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/live/live_table.h"
#include "aggregator/storage/event_repository.h"
#include "aggregator/storage/server_record.h"

namespace muster {

// `live` is empty when this daemon does not watch the server, or not yet.
std::string explanation_json(const ServerRecord& server, const std::optional<LiveServer>& live,
                             const std::vector<EventRecord>& events);

}  // namespace muster
