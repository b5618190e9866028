// Reads {status, health, region, environment, tags, group, q} as a filter of servers. Pure.
#pragma once

#include "aggregator/api/field_reader.h"
#include "aggregator/storage/server_record.h"

namespace muster {

// `name`: the field of `reader` that holds it; its mistakes become the reader's. Nothing when it is
// absent, null or mistaken.
std::optional<ServerFilter> read_selector(FieldReader& reader, const std::string& name);

}  // namespace muster
