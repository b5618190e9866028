// How the API shows a group of servers. Pure.
#pragma once

#include "aggregator/api/json_writer.h"
#include "aggregator/storage/group_record.h"

namespace muster {

// The members only, so that a caller may add some of its own before it closes the object.
void write_group_members(JsonWriter& json, const GroupRecord& group);

}  // namespace muster
