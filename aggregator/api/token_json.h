// A token for people: all but the token. Pure.
#pragma once

#include "aggregator/api/json_writer.h"
#include "aggregator/storage/token_record.h"

namespace muster {

void write_token_members(JsonWriter& json, const TokenRecord& token);

}  // namespace muster
