#include "common/config/node.h"

#include <charconv>

namespace muster {
namespace {

// RFC 6901: ~1 stands for '/', ~0 for '~'.
std::string unescape(std::string_view token) {
  std::string plain;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escaped = token[i] == '~' && i + 1 < token.size();
    plain += !escaped ? token[i] : token[++i] == '1' ? '/' : '~';
  }
  return plain;
}

const Node* step(const Node& node, std::string_view token) {
  if (node.kind != Node::Kind::kList) return node.find(unescape(token));
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.begin(), token.end(), index);
  const bool valid = error == std::errc() && end == token.end() && index < node.items.size();
  return valid ? &node.items[index] : nullptr;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

const Node& Node::nearest(std::string_view json_pointer) const {
  const Node* node = this;
  while (!json_pointer.empty() && json_pointer.front() == '/') {
    json_pointer.remove_prefix(1);
    const std::string_view token = json_pointer.substr(0, json_pointer.find('/'));
    json_pointer.remove_prefix(token.size());
    const Node* next = step(*node, token);
    if (next == nullptr) break;
    node = next;
  }
  return *node;
}

}  // namespace muster
