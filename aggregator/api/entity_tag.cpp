#include "aggregator/api/entity_tag.h"

#include <charconv>
#include <functional>

#include "common/base/ascii.h"

namespace muster {
namespace {

template <typename IsIt>
bool names(std::string_view header, IsIt is_it) {
  if (trimmed(header) == "*") return true;
  while (true) {
    const std::size_t comma = header.find(',');
    if (is_it(trimmed(header.substr(0, comma)))) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string entity_tag(std::int64_t version) {
  return '"' + std::to_string(version) + '"';
}

std::string entity_tag(std::int64_t version, std::string_view shown) {
  char digits[16];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, std::hash<std::string_view>()(shown), 16).ptr;
  return '"' + std::to_string(version) + '-' + std::string(digits, end) + '"';
}

bool if_match(std::string_view header, std::int64_t version) {
  const std::string front = '"' + std::to_string(version);
  return names(header, [&](std::string_view tag) {
    if (!tag.starts_with(front) || !tag.ends_with('"')) return false;
    tag.remove_prefix(front.size());
    return tag == "\"" || tag.front() == '-';
  });
}

bool if_none_match(std::string_view header, const std::string& tag) {
  return names(header, [&](std::string_view named) {
    if (named.starts_with("W/")) named.remove_prefix(2);
    return named == tag;
  });
}

}  // namespace muster
