#include "common/config/schema_check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/base/utf8.h"
#include "common/config/nearest.h"
#include "common/config/schema_formats.h"
#include "common/config/text_expansion.h"
#include "common/config/text_values.h"

namespace muster {
namespace {

using Kind = Node::Kind;

constexpr std::size_t kLongestPatternText = 2048;  // std::regex recurses once a character

std::string_view keyword(const Node& schema, std::string_view key) {
  const Node* value = schema.find(key);
  return value == nullptr ? std::string_view() : std::string_view(value->text);
}

std::optional<std::int64_t> count(const Node& schema, std::string_view key) {
  return parse_integer(keyword(schema, key));
}

std::string noun(std::string_view type) {
  if (type == "object") return "a map";
  if (type == "array") return "a list";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  return "text";
}

std::string noun(const Node& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a single value";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "something else";
}

// As a message shows it: never a secret, never a page.
std::string shown(const Node& node) {
  constexpr std::size_t kMost = 60;
  if (node.secret) return "the secret value";
  const bool number = is_integer_text(node.text) || parse_number(node.text);
  if (number && !node.quoted && node.text.size() <= kMost) return node.text;
  std::string text = node.text.substr(0, kMost);
  while (node.text.size() > kMost && (text.back() & 0x80) != 0) text.pop_back();
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return '"' + text + (node.text.size() > kMost ? "...\"" : "\"");
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const auto meant = nearest(word, known);
  return meant ? ", did you mean \"" + *meant + "\"?" : "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

std::string at_least(std::int64_t least) {
  return "needs at least " + std::to_string(least);
}
std::string at_most(std::int64_t most) {
  return "may have at most " + std::to_string(most);
}

std::string type_fault(const Node& node, std::string_view type) {
  if (type == "integer" && is_integer_text(node.text) && !parse_integer(node.text)) {
    return "is too large a number";
  }
  if (type == "integer" && !parse_integer(node.text)) return "is not a whole number";
  if (type == "number" && !parse_number(node.text)) return "is not a number";
  if (type == "boolean" && node.text != "true" && node.text != "false") {
    return "is not true or false";
  }
  if (type != "string" && node.quoted) return "is in quotes, which makes it text; leave them out";
  return "";
}

}  // namespace

void SchemaCheck::fault(const Node& node, const std::string& name, std::string_view message) {
  faults_.push_back({node.at, (name.empty() ? "" : name + ": ") + std::string(message)});
}

void SchemaCheck::check(Node& node, const Node& schema, const std::string& name) {
  const std::string_view type = keyword(schema, "type");
  if (type.empty()) return;  // anything goes, and stays as written
  node.secret = keyword(schema, "x-muster-secret") == "true";
  if (node.secret && node.kind == Kind::kMap) read_secret_map(node, name);
  const Kind wanted = type == "object" ? Kind::kMap : type == "array" ? Kind::kList : Kind::kScalar;
  if (node.kind != wanted) {
    if (node.secret && node.kind == Kind::kMap) return;  // read_secret_map said why
    return fault(node, name, "expected " + noun(type) + ", found " + noun(node));
  }
  if (wanted == Kind::kMap) check_map(node, schema, name);
  if (wanted == Kind::kList) check_list(node, schema, name);
  if (wanted == Kind::kScalar) check_scalar(node, schema, name);
}

void SchemaCheck::check_map(Node& node, const Node& schema, const std::string& name) {
  // `key:` with nothing behind it is what remains when its lines are commented out.
  std::erase_if(node.entries, [](const auto& entry) { return entry.value.kind == Kind::kNull; });
  for (Node::Entry& entry : node.entries) check_entry(entry, schema);
  if (const Node* required = schema.find("required")) {
    for (const Node& key : required->items) {
      if (node.find(key.text) == nullptr) {
        fault(node, name, "missing required key \"" + key.text + '"');
      }
    }
  }
  fill_in(node, schema);
}

void SchemaCheck::check_entry(Node::Entry& entry, const Node& schema) {
  const Node* properties = schema.find("properties");
  const Node* known = properties == nullptr ? nullptr : properties->find(entry.key);
  const Node* others = schema.find("additionalProperties");
  if (known != nullptr) return check(entry.value, *known, entry.key);
  if (others == nullptr && properties == nullptr) return;  // an open map
  if (others == nullptr || others->text == "false") return unknown_key(entry, schema);
  if (others->kind == Kind::kMap) check(entry.value, *others, entry.key);
}

void SchemaCheck::unknown_key(const Node::Entry& entry, const Node& schema) {
  std::vector<std::string> known;
  if (const Node* properties = schema.find("properties")) {
    for (const Node::Entry& property : properties->entries) known.push_back(property.key);
  }
  std::string hint = suggestion(entry.key, known);
  if (hint.empty() && !known.empty()) hint = "; known here: " + joined(known);
  Node key{Kind::kScalar, entry.at, entry.key};
  fault(key, "", "unknown key " + shown(key) + hint);
}

void SchemaCheck::fill_in(Node& node, const Node& schema) {
  const Node* properties = schema.find("properties");
  if (properties == nullptr) return;
  for (const Node::Entry& property : properties->entries) {
    const Node* preset = property.value.find("default");
    if (preset == nullptr || node.find(property.key) != nullptr) continue;
    Node value = *preset;
    value.at = node.at;
    check(value, property.value, property.key);  // fills in the defaults inside
    node.entries.push_back({property.key, node.at, std::move(value)});
  }
}

void SchemaCheck::check_list(Node& node, const Node& schema, const std::string& name) {
  const auto size = static_cast<std::int64_t>(node.items.size());
  const auto least = count(schema, "minItems");
  const auto most = count(schema, "maxItems");
  if (least && size < *least) fault(node, name, at_least(*least) + " in its list");
  if (most && size > *most) fault(node, name, at_most(*most) + " in its list");
  const bool unique = keyword(schema, "uniqueItems") == "true";
  const Node* items = schema.find("items");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    Node& item = node.items[i];
    if (items != nullptr) check(item, *items, name + '[' + std::to_string(i) + ']');
    if (unique && item.kind == Kind::kScalar && !seen.insert(item.text).second) {
      fault(item, name, shown(item) + " is given twice");
    }
  }
}

void SchemaCheck::check_scalar(Node& node, const Node& schema, const std::string& name) {
  if (!expand(node, name)) return;
  const std::string_view type = keyword(schema, "type");
  if (const std::string wrong = type_fault(node, type); !wrong.empty()) {
    return fault(node, name, shown(node) + ' ' + wrong);
  }
  if (const Node* allowed = schema.find("enum")) {
    std::vector<std::string> words;
    for (const Node& word : allowed->items) words.push_back(word.text);
    if (std::find(words.begin(), words.end(), node.text) == words.end()) {
      // How near a secret is to a word would tell of it.
      const std::string hint = node.secret ? "" : suggestion(node.text, words);
      return fault(node, name, shown(node) + " is not one of " + joined(words) + hint);
    }
  }
  const std::string_view format = keyword(schema, "format");
  if (const auto wrong = format_fault(format, node.text)) {
    return fault(node, name, shown(node) + ' ' + *wrong);
  }
  if (type == "string") check_string(node, schema, name);
  check_range(node, schema, name);
  if (format == "path") {  // as seen from the file that holds it
    const auto folder = std::filesystem::path(node.at.file).parent_path();
    node.text = (folder / node.text).lexically_normal().string();
  }
}

void SchemaCheck::check_string(const Node& node, const Node& schema, const std::string& name) {
  const auto size = static_cast<std::int64_t>(characters(node.text));
  const auto least = count(schema, "minLength");
  const auto most = count(schema, "maxLength");
  if (least && size < *least) fault(node, name, at_least(*least) + " characters");
  if (most && size > *most) fault(node, name, at_most(*most) + " characters");
  const Node* pattern = schema.find("pattern");
  if (pattern == nullptr) return;
  if (node.text.size() > kLongestPatternText) {
    return fault(node, name, shown(node) + " is too long");
  }
  if (!matches_pattern(pattern->text, node.text).value_or(false)) {
    fault(node, name, shown(node) + " does not match " + pattern->text);
  }
}

void SchemaCheck::check_range(const Node& node, const Node& schema, const std::string& name) {
  const std::string_view format = keyword(schema, "format");
  const auto value = magnitude(format, node.text);
  const Node* least = schema.find("minimum");
  const Node* most = schema.find("maximum");
  if (!value) return;
  if (least != nullptr && *value < magnitude(format, least->text)) {
    fault(node, name, shown(node) + " is too small; the least is " + least->text);
  }
  if (most != nullptr && *value > magnitude(format, most->text)) {
    fault(node, name, shown(node) + " is too large; the most is " + most->text);
  }
}

// False after a fault. Text that came from a variable is typed like text written without quotes.
bool SchemaCheck::expand(Node& node, const std::string& name) {
  if (node.text.find("${") == std::string::npos) return true;
  auto expanded = expand_text(node.text, surroundings_.environment);
  if (!expanded) {
    fault(node, name, expanded.error().message);
    return false;
  }
  node.text = std::move(*expanded);
  node.quoted = false;
  return check_foreign_text(node, name);
}

// {file: PATH} becomes the content of the file; stays a map after a fault.
void SchemaCheck::read_secret_map(Node& node, const std::string& name) {
  Node* file = nullptr;
  if (node.entries.size() == 1 && node.entries[0].key == "file") file = &node.entries[0].value;
  if (file == nullptr || file->kind != Kind::kScalar) {
    return fault(node, name, "expected text, or a map with the one key \"file\"");
  }
  if (!expand(*file, name)) return;
  const auto folder = std::filesystem::path(node.at.file).parent_path();
  auto content = surroundings_.secret_file((folder / file->text).lexically_normal());
  if (!content) return fault(*file, name, content.error().message);
  Node secret{Kind::kScalar, node.at, std::move(*content), true, true};
  if (check_foreign_text(secret, name)) node = std::move(secret);
}

// What did not come through parse_yaml has not been checked yet.
bool SchemaCheck::check_foreign_text(const Node& node, const std::string& name) {
  if (is_utf8(node.text) && node.text.find('\0') == std::string::npos) return true;
  fault(node, name, "what was filled in here is not UTF-8 text");
  return false;
}

}  // namespace muster
