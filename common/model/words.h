// What a check says to people: a message and the parts that have a status of their own. Immutable
// and shared, because the servers of a fleet say the same again and again: on its way through the
// daemon a result carries a pointer and copies no text. Any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/model/check_status.h"

namespace muster {

// A part of the server that has a status of its own: "database", "checks/queue".
struct Component {
  std::string name;
  CheckStatus status = CheckStatus::kUnknown;
  std::string message;
};

struct Words {
  std::string message;  // one line for a person; holds no number that differs from run to run
  std::vector<Component> components;

  bool empty() const { return message.empty() && components.empty(); }
};

using WordsPointer = std::shared_ptr<const Words>;  // never nullptr

// Nobody owns it: most results say nothing, and the threads would share the count of its owners.
inline WordsPointer no_words() {
  static const Words kNothing;
  return {WordsPointer(), &kNothing};
}

inline WordsPointer say(std::string message, std::vector<Component> components = {}) {
  return std::make_shared<const Words>(Words{std::move(message), std::move(components)});
}

}  // namespace muster
