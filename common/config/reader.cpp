#include "common/config/reader.h"

#include <Poco/JSONString.h>

#include <cstdio>
#include <cstdlib>

#include "common/config/text_values.h"

namespace muster {
namespace {

[[noreturn]] void bug(const Node& map, std::string_view key, const char* what) {
  const std::string name(key);
  std::fprintf(stderr, "%s: \"%s\" %s, though its schema was applied\n", map.at.to_string().c_str(),
               name.c_str(), what);
  std::abort();
}

const std::string& text_of(const Node& map, std::string_view key) {
  const Node& node = child(map, key);
  if (node.kind != Node::Kind::kScalar) bug(map, key, "is no single value");
  return node.text;
}

template <typename Parsed>
auto value_of(const Parsed& parsed, const Node& map, std::string_view key) {
  if (!parsed) bug(map, key, "has another type");
  return *parsed;
}

bool is_literal(const Node& node) {  // what a scalar without a schema is
  if (node.quoted) return false;
  return node.text == "true" || node.text == "false" || parse_number(node.text).has_value();
}

void append_json(std::string& json, const Node& node, const Node* schema);

const Node* schema_of_entry(const Node* schema, std::string_view key) {
  if (schema == nullptr) return nullptr;
  const Node* properties = schema->find("properties");
  const Node* known = properties == nullptr ? nullptr : properties->find(key);
  return known != nullptr ? known : schema->find("additionalProperties");
}

void append_scalar(std::string& json, const Node& node, const Node* schema) {
  const Node* type = schema == nullptr ? nullptr : schema->find("type");
  const bool bare = type == nullptr ? is_literal(node) : type->text != "string";
  json += bare ? node.text : Poco::toJSON(node.text);
}

void append_list(std::string& json, const Node& node, const Node* schema) {
  const Node* item_schema = schema == nullptr ? nullptr : schema->find("items");
  json += '[';
  for (const Node& item : node.items) {
    if (&item != &node.items.front()) json += ',';
    append_json(json, item, item_schema);
  }
  json += ']';
}

void append_map(std::string& json, const Node& node, const Node* schema) {
  json += '{';
  for (const Node::Entry& entry : node.entries) {
    if (&entry != &node.entries.front()) json += ',';
    json += Poco::toJSON(entry.key) + ':';
    append_json(json, entry.value, schema_of_entry(schema, entry.key));
  }
  json += '}';
}

void append_json(std::string& json, const Node& node, const Node* schema) {
  switch (node.kind) {
    case Node::Kind::kNull:
      json += "null";
      return;
    case Node::Kind::kScalar:
      return append_scalar(json, node, schema);
    case Node::Kind::kList:
      return append_list(json, node, schema);
    case Node::Kind::kMap:
      return append_map(json, node, schema);
  }
}

}  // namespace

bool has(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  return node != nullptr && node->kind != Node::Kind::kNull;
}

const Node& child(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  if (node == nullptr) bug(map, key, "is missing");
  return *node;
}

std::string read_string(const Node& map, std::string_view key) {
  return text_of(map, key);
}

Secret read_secret(const Node& map, std::string_view key) {
  return Secret(text_of(map, key));
}

std::int64_t read_integer(const Node& map, std::string_view key) {
  return value_of(parse_integer(text_of(map, key)), map, key);
}

double read_number(const Node& map, std::string_view key) {
  return value_of(parse_number(text_of(map, key)), map, key);
}

bool read_boolean(const Node& map, std::string_view key) {
  const std::string& text = text_of(map, key);
  if (text != "true" && text != "false") bug(map, key, "has another type");
  return text == "true";
}

std::chrono::milliseconds read_duration(const Node& map, std::string_view key) {
  return value_of(parse_duration(text_of(map, key)), map, key);
}

std::uint64_t read_bytes(const Node& map, std::string_view key) {
  return value_of(parse_bytes(text_of(map, key)), map, key);
}

CalendarSpan read_calendar_span(const Node& map, std::string_view key) {
  return value_of(parse_calendar_span(text_of(map, key)), map, key);
}

std::vector<std::string> read_strings(const Node& map, std::string_view key) {
  std::vector<std::string> strings;
  for (const Node& item : child(map, key).items) {
    if (item.kind != Node::Kind::kScalar) bug(map, key, "holds more than text");
    strings.push_back(item.text);
  }
  return strings;
}

std::string to_json(const Node& node, const Node& schema_tree) {
  std::string json;
  append_json(json, node, &schema_tree);
  return json;
}

}  // namespace muster
