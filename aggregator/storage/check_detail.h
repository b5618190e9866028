// The words of a check as the database keeps them: each distinct message with its components once,
// under a hash. Values; made by thread `writer`.
#pragma once

#include <cstdint>
#include <string>

#include "common/model/words.h"

namespace muster {

struct CheckDetail {
  std::int64_t hash = 0;  // the first 8 bytes of their SHA-256; 0: nothing was said
  std::string message;
  std::string components_json;  // [{"name":"database","status":"ok","message":"..."}]

  static CheckDetail of(const Words& words);
};

}  // namespace muster
