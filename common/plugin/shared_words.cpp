#include "common/plugin/shared_words.h"

#include <algorithm>
#include <functional>

#include "common/plugin/translate.h"

namespace muster {
namespace {

std::size_t mixed(std::size_t hash, muster_str text) {
  return hash * 31 + std::hash<std::string_view>()(view(text));
}

std::size_t hash_of(const muster_result& result) {
  std::size_t hash = mixed(result.component_count, result.message);
  for (std::size_t i = 0; i < result.component_count; ++i) {
    const muster_component& component = result.components[i];
    hash = mixed(mixed(hash, component.name), component.message) * 31;
    hash += static_cast<std::size_t>(component.status);
  }
  return hash ^ hash >> 32;
}

bool equal(const muster_component& raw, const Component& component) {
  return view(raw.name) == component.name && view(raw.message) == component.message &&
         to_status(raw.status) == component.status;
}

std::size_t size_of(const muster_result& result) {
  std::size_t bytes = result.message.size;
  for (std::size_t i = 0; i < result.component_count; ++i) {
    bytes += result.components[i].name.size + result.components[i].message.size;
  }
  return bytes;
}

// What had to be tidied is never equal, and is then made anew each time.
bool equal(const muster_result& raw, const Words& words) {
  return view(raw.message) == words.message &&
         std::equal(raw.components, raw.components + raw.component_count, words.components.begin(),
                    words.components.end(),
                    [](const auto& a, const auto& b) { return equal(a, b); });
}

}  // namespace

WordsPointer SharedWords::of(const muster_result& result) {
  if (result.message.size == 0 && result.component_count == 0) return no_words();
  if (size_of(result) > kMostBytes) return to_words(result);
  WordsPointer& place = said_[hash_of(result) % kPlaces];
  if (!place || !equal(result, *place)) place = to_words(result);
  return place;
}

}  // namespace muster
