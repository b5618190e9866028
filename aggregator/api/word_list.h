// Lists of words in JSON: tags, names of groups, regions. Pure.
#pragma once

#include <string>
#include <vector>

#include "aggregator/api/field_reader.h"
#include "aggregator/api/json_writer.h"
#include "aggregator/api/server_rules.h"

namespace muster {

// Each of them once and to the rule's liking; mistakes go to the reader.
BodyField<std::vector<std::string>> read_words(FieldReader& reader, const std::string& name,
                                               std::size_t most,
                                               Complaint (*rule)(const std::string&));

void write_words(JsonWriter& json, std::string_view name, const std::vector<std::string>& words);

}  // namespace muster
