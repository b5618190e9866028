// One value of a YAML document, with its place in the file. The tree is plain data: aliases are
// resolved, duplicate keys have been refused, nothing of yaml-cpp is left. A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/config/fault.h"

namespace muster {

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  Location at;
  std::string text;            // kScalar: as written, without quotes
  bool quoted = false;         // kScalar: '5' in quotes is a string, not a number
  bool secret = false;         // came from a field that its schema marks as secret
  std::vector<Node> items;     // kList
  std::vector<Entry> entries;  // kMap, in the order of the file

  const Node* find(std::string_view key) const;  // nullptr unless a map that has the key

  // What an RFC 6901 pointer ("/headers/0") leads to, or the last value on the way that exists:
  // for the place of a fault that somebody else found in to_json()'s text.
  const Node& nearest(std::string_view json_pointer) const;
};

struct Node::Entry {
  std::string key;
  Location at;
  Node value;
};

}  // namespace muster
