#include "aggregator/api/entity_tag.h"

namespace muster {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool names(std::string_view header, const std::string& tag, bool weakly) {
  if (trimmed(header) == "*") return true;
  while (true) {
    const std::size_t comma = header.find(',');
    std::string_view candidate = trimmed(header.substr(0, comma));
    if (weakly && candidate.substr(0, 2) == "W/") candidate.remove_prefix(2);
    if (candidate == tag) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string entity_tag(std::int64_t version) {
  return '"' + std::to_string(version) + '"';
}

bool if_match(std::string_view header, const std::string& tag) {
  return names(header, tag, false);
}

bool if_none_match(std::string_view header, const std::string& tag) {
  return names(header, tag, true);
}

}  // namespace muster
