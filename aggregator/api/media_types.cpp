#include "aggregator/api/media_types.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace muster {
namespace {

std::string squeezed(std::string_view text) {
  std::string kept;
  for (const unsigned char c : text) {
    if (c != ' ' && c != '\t' && c != '"') kept += static_cast<char>(std::tolower(c));
  }
  return kept;
}

// How exactly a range names the type: 3 itself, 2 "text/*", 1 "*/*", 0 not at all.
int closeness(std::string_view range, std::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  const std::size_t slash = type.find('/') + 1;
  return range.size() == slash + 1 && range.back() == '*' &&
                 range.substr(0, slash) == type.substr(0, slash)
             ? 2
             : 0;
}

bool is_zero_weight(std::string_view parameters) {
  const std::size_t weight = parameters.find(";q=");
  if (weight == std::string_view::npos) return false;
  return std::strtod(std::string(parameters.substr(weight + 3)).c_str(), nullptr) <= 0;
}

}  // namespace

std::string media_type(const std::string& content_type) {
  const std::string text = squeezed(content_type);
  const std::size_t end = text.find(';');
  if (end != std::string::npos && text.substr(end) != ";charset=utf-8") return "";
  return text.substr(0, end);
}

bool accepts(std::string_view accept, std::string_view type) {
  const std::string all = squeezed(accept);
  if (all.empty()) return true;
  int closest = 0;
  bool taken = false;
  for (std::size_t start = 0; start <= all.size();) {
    const std::size_t comma = std::min(all.find(',', start), all.size());
    const std::string_view range = std::string_view(all).substr(start, comma - start);
    start = comma + 1;
    const std::string_view name = range.substr(0, range.find(';'));
    const int close = closeness(name, type);
    if (close <= closest) continue;
    closest = close;
    taken = !is_zero_weight(range.substr(name.size()));
  }
  return taken;
}

}  // namespace muster
