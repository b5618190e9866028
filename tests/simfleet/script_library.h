// The scripts of the behaviours that requests have named, made at first use. Belongs to one event
// loop. Bounded: paths come from outside.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/simfleet/scripts.h"

namespace muster::sim {

class ScriptLibrary {
 public:
  // nullptr when the text names no behaviour.
  ScriptPointer find(std::string_view text) {
    if (const auto known = scripts_.find(text); known != scripts_.end()) return known->second;
    const auto behaviour = parse_behaviour(text);
    if (!behaviour) return nullptr;
    if (scripts_.size() >= kMost) scripts_.clear();  // whoever plays one keeps it
    return scripts_.emplace(text, make_script(*behaviour)).first->second;
  }

 private:
  static constexpr std::size_t kMost = 1000;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, ScriptPointer, Hash, std::equal_to<>> scripts_;
};

}  // namespace muster::sim
