#include "aggregator/api/word_list.h"

#include <set>

namespace muster {

BodyField<std::vector<std::string>> read_words(FieldReader& reader, const std::string& name,
                                               std::size_t most,
                                               Complaint (*rule)(const std::string&)) {
  BodyField<std::vector<std::string>> field = reader.texts(name);
  if (!field.value) return field;
  if (field.value->size() > most) {
    reader.reject(name, "too_many", "may have " + std::to_string(most) + " at most");
    return field;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < field.value->size(); ++i) {
    const std::string& word = (*field.value)[i];
    const std::string place = name + "/" + std::to_string(i);
    if (const Complaint complaint = rule(word)) reader.reject(place, "invalid", *complaint);
    if (!seen.insert(word).second) reader.reject(place, "duplicate", "is there twice");
  }
  return field;
}

void write_words(JsonWriter& json, std::string_view name, const std::vector<std::string>& words) {
  json.key(name).begin_array();
  for (const std::string& word : words) json.value(word);
  json.end_array();
}

}  // namespace muster
