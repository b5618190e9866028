#include "aggregator/app/plugin_description.h"

#include <Poco/JSONString.h>

#include <algorithm>
#include <vector>

#include "common/config/text_values.h"

namespace muster {
namespace {

std::string word(const Node& schema, std::string_view key) {
  const Node* value = schema.find(key);
  return value == nullptr ? std::string() : value->text;
}

bool is_secret(const Node& schema) {
  return word(schema, "x-muster-secret") == "true";
}

bool requires_key(const Node& schema, const std::string& key) {
  const Node* required = schema.find("required");
  return required != nullptr &&
         std::ranges::any_of(required->items, [&](const Node& item) { return item.text == key; });
}

// As YAML has it: in quotes where it would be something else without them.
std::string yaml_scalar(const std::string& text, bool is_text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-";
  const bool literal = text == "true" || text == "false" || text == "null" || parse_number(text);
  const bool plain = !text.empty() && text.front() != '-' && text.back() != ':' &&
                     text.find_first_not_of(kPlain) == std::string::npos;
  return is_text && (literal || !plain) ? Poco::toJSON(text) : text;
}

std::string yaml_value(const Node& value, const Node& schema) {
  if (value.kind == Node::Kind::kMap) return "{}";
  if (value.kind != Node::Kind::kList) {
    return yaml_scalar(value.text, word(schema, "type") == "string" || value.quoted);
  }
  const Node* items = schema.find("items");
  std::string list;
  for (const Node& item : value.items) {
    list += (list.empty() ? "" : ", ") + yaml_value(item, items == nullptr ? Node() : *items);
  }
  return '[' + list + ']';
}

std::string type_of(const Node& schema) {
  const std::string type = word(schema, "type");
  const std::string format = word(schema, "format");
  if (is_secret(schema)) return "secret text";
  if (type == "string") return format.empty() ? "text" : format;
  if (type == "integer") return "whole number";
  if (type == "boolean") return "true or false";
  if (type == "number") return "number";
  if (type == "object") return "map";
  return type == "array" ? "list" : "anything";
}

// "at least 1, at most 10", and the like; empty without limits.
std::string limits_of(const Node& schema) {
  std::vector<std::string> limits;
  const auto limit = [&](const char* key, const std::string& before, const std::string& after) {
    if (schema.find(key) != nullptr) limits.push_back(before + word(schema, key) + after);
  };
  if (const Node* words = schema.find("enum")) {
    std::string list;
    for (const Node& one : words->items) list += (list.empty() ? "" : ", ") + one.text;
    limits.push_back("one of " + list);
  }
  limit("minimum", "at least ", "");
  limit("maximum", "at most ", "");
  limit("minLength", "at least ", " characters");
  limit("maxLength", "at most ", " characters");
  limit("minItems", "at least ", " in the list");
  limit("maxItems", "at most ", " in the list");
  limit("pattern", "matches ", "");
  if (word(schema, "uniqueItems") == "true") limits.push_back("none twice");
  std::string text;
  for (const std::string& one : limits) text += (text.empty() ? "" : ", ") + one;
  return text;
}

std::string default_of(const Node& schema) {
  const Node* preset = schema.find("default");
  if (preset == nullptr || preset->kind == Node::Kind::kMap) return "";
  return is_secret(schema) ? ", has a default" : ", default " + yaml_value(*preset, schema);
}

void describe_children(std::string& text, const Node& schema, const std::string& path);

void describe_key(std::string& text, const Node& schema, const std::string& path, bool required) {
  text += "  " + path + ": " + type_of(schema) + (required ? ", required" : "") +
          default_of(schema) + '\n';
  const auto line = [&](const std::string& words) {
    if (!words.empty()) text += "      " + words + '\n';
  };
  line(word(schema, "description"));
  line(limits_of(schema));
  if (is_secret(schema))
    line("may be ${NAME}, or {file: PATH} of a file that only its owner reads");
  describe_children(text, schema, path);
}

void describe_children(std::string& text, const Node& schema, const std::string& path) {
  const std::string before = path.empty() ? "" : path + '.';
  if (const Node* properties = schema.find("properties")) {
    for (const Node::Entry& entry : properties->entries) {
      describe_key(text, entry.value, before + entry.key, requires_key(schema, entry.key));
    }
  }
  const Node* others = schema.find("additionalProperties");
  if (others != nullptr && others->kind == Node::Kind::kMap) {
    describe_key(text, *others, before + "NAME", false);
  }
  const Node* items = schema.find("items");
  if (items == nullptr) return;
  const std::string limits = limits_of(*items);
  text += "      each: " + type_of(*items) + (limits.empty() ? "" : ", ") + limits + '\n';
  describe_children(text, *items, path + "[]");
}

std::string sample_of_format(const std::string& format) {
  struct Sample {
    const char *format, *value;
  };
  static constexpr Sample kSamples[] = {{"duration", "30s"},
                                        {"calendar-span", "2 weeks"},
                                        {"bytes", "64KiB"},
                                        {"url", "https://www.example.org/"},
                                        {"http-url", "https://www.example.org/"},
                                        {"postgres-url", "postgresql://user@db.example.org/name"},
                                        {"host", "www.example.org"},
                                        {"port", "443"},
                                        {"cidr", "10.0.0.0/8"},
                                        {"endpoint", "192.0.2.1:53"},
                                        {"canary", "tcp://192.0.2.1:443"},
                                        {"path", "/etc/muster/file"},
                                        {"regex", "^ok$"}};
  for (const Sample& sample : kSamples) {
    if (format == sample.format) return sample.value;
  }
  return "text";
}

// A value that the schema takes, as far as one can be told from it.
std::string sample_of(const Node& schema, const std::string& key) {
  const std::string type = word(schema, "type");
  const Node* items = schema.find("items");
  const Node* preset = schema.find("default");
  if (is_secret(schema)) return "{file: /etc/muster/" + key + ".secret}";
  if (preset != nullptr) return yaml_value(*preset, schema);
  if (const Node* words = schema.find("enum")) return yaml_value(words->items.front(), schema);
  if (type == "boolean") return "true";
  if (type == "object" || type.empty()) return "{}";
  if (type == "array") return items == nullptr ? "[]" : '[' + sample_of(*items, key) + ']';
  if (schema.find("minimum") != nullptr) return yaml_scalar(word(schema, "minimum"), false);
  if (type != "string") return "1";
  return yaml_scalar(sample_of_format(word(schema, "format")), true);
}

void write_entries(std::string& text, const Node& schema, std::size_t depth, bool commented) {
  const Node* properties = schema.find("properties");
  if (properties == nullptr) return;
  for (const auto& [key, at, value] : properties->entries) {
    const bool preset = value.find("default") != nullptr && !is_secret(value);
    const bool needed = requires_key(schema, key) || preset;
    const bool comment = commented || !needed;
    const bool nests = value.find("properties") != nullptr;
    text += std::string(depth, ' ') + (comment ? "# " : "") + key + ':' +
            (nests ? "" : ' ' + sample_of(value, key)) + '\n';
    write_entries(text, value, depth + 2, comment);
  }
}

}  // namespace

std::string describe_keys(const Schema& schema) {
  std::string text;
  describe_children(text, schema.tree(), "");
  return text.empty() ? "  none\n" : text;
}

std::string example_entry(const std::string& plugin, const Schema& schema) {
  std::string keys;
  write_entries(keys, schema.tree(), 6, false);
  return "probes:\n  - name: " + plugin + "\n    plugin: " + plugin +
         "\n    every: 30s\n    timeout: 5s\n" + (keys.empty() ? "" : "    config:\n" + keys);
}

}  // namespace muster
