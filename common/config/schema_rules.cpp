#include "common/config/schema_rules.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/nearest.h"
#include "common/config/schema_check.h"
#include "common/config/schema_formats.h"
#include "common/config/text_values.h"

namespace muster {
namespace {

const std::vector<std::string> kTypes{"object", "array", "string", "integer", "number", "boolean"};
const std::vector<std::string> kKeywords{"type",        "properties", "additionalProperties",
                                         "required",    "items",      "enum",
                                         "minimum",     "maximum",    "minLength",
                                         "maxLength",   "pattern",    "minItems",
                                         "maxItems",    "default",    "uniqueItems",
                                         "description", "format",     "x-muster-secret"};

bool is_one_of(std::string_view word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Rules {
 public:
  explicit Rules(Faults& faults) : faults_(faults) {}

  void check(const Node& schema) {
    if (schema.kind != Node::Kind::kMap) return fault(schema.at, "a schema is a map");
    for (const Node::Entry& entry : schema.entries) check_keyword(schema, entry);
    check_required(schema);
    const bool secret = text(schema, "x-muster-secret") == "true";
    if (secret && text(schema, "type") != "string") {
      fault(schema.at, "x-muster-secret: only a string can be secret");
    }
    if (faults_.empty()) check_default(schema);
  }

 private:
  void fault(const Location& at, std::string message) {
    faults_.push_back({at, std::move(message)});
  }

  static std::string_view text(const Node& schema, std::string_view key) {
    const Node* value = schema.find(key);
    return value == nullptr ? std::string_view() : std::string_view(value->text);
  }

  void check_keyword(const Node& schema, const Node::Entry& entry) {
    const auto& [key, at, value] = entry;
    if (!is_one_of(key, kKeywords)) {
      const auto meant = nearest(key, kKeywords);
      fault(at, "unknown schema keyword \"" + key + '"' +
                    (meant ? ", did you mean \"" + *meant + "\"?" : ""));
    } else if (key == "properties") {
      check_properties(value);
    } else if (key == "items") {
      check(value);
    } else if (key == "additionalProperties") {
      if (value.kind == Node::Kind::kMap) return check(value);
      check_word(entry, {"true", "false"});
    } else if (key == "type") {
      check_word(entry, kTypes);
    } else if (key == "format") {
      check_word(entry, known_formats());
    } else if (key == "uniqueItems" || key == "x-muster-secret") {
      check_word(entry, {"true", "false"});
    } else if (key == "minimum" || key == "maximum") {
      if (!magnitude(text(schema, "format"), value.text)) fault(at, key + " must be a number");
    } else if (key == "enum") {
      check_enum(entry);
    } else {
      check_detail(entry);
    }
  }

  void check_detail(const Node::Entry& entry) {
    const auto& [key, at, value] = entry;
    if (key == "pattern" && !matches_pattern(value.text, "")) {
      fault(at, "pattern is not a regular expression");
    }
    const bool counts = key.starts_with("min") || key.starts_with("max");
    if (counts && parse_integer(value.text).value_or(-1) < 0) {
      fault(at, key + " must be a whole number, 0 or more");
    }
  }

  void check_properties(const Node& properties) {
    if (properties.kind != Node::Kind::kMap) return fault(properties.at, "properties is a map");
    for (const Node::Entry& entry : properties.entries) check(entry.value);
  }

  void check_word(const Node::Entry& entry, const std::vector<std::string>& words) {
    if (entry.value.kind == Node::Kind::kScalar && is_one_of(entry.value.text, words)) return;
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    fault(entry.at, entry.key + " must be one of " + list);
  }

  void check_enum(const Node::Entry& entry) {
    const auto is_text = [](const Node& item) { return item.kind == Node::Kind::kScalar; };
    const auto& items = entry.value.items;
    if (!items.empty() && std::all_of(items.begin(), items.end(), is_text)) return;
    fault(entry.at, "enum must be a list of words");
  }

  void check_required(const Node& schema) {
    const Node* required = schema.find("required");
    if (required == nullptr) return;
    const Node* properties = schema.find("properties");
    if (required->kind != Node::Kind::kList) return fault(required->at, "required is a list");
    for (const Node& name : required->items) {
      if (properties != nullptr && properties->find(name.text) != nullptr) continue;
      fault(name.at, "required key \"" + name.text + "\" is not among the properties");
    }
  }

  // A default that its own schema refuses would be found only by the user who relies on it.
  void check_default(const Node& schema) {
    const Node* preset = schema.find("default");
    if (preset == nullptr) return;
    Node copy = *preset;
    const Surroundings nothing{[](const std::string&) { return std::nullopt; },
                               [](const std::filesystem::path&) -> Result<std::string> {
                                 return fail(ErrorCode::kDenied, "a default cannot be a file");
                               }};
    SchemaCheck(nothing, faults_).check(copy, schema, "default");
  }

  Faults& faults_;
};

}  // namespace

Faults check_schema(const Node& schema) {
  Faults faults;
  Rules(faults).check(schema);
  return faults;
}

}  // namespace muster
