// What a request's path asks for: which document, and whether it names a behaviour itself
// (/sim/BEHAVIOUR/health). Pure function.
#pragma once

#include <cstdint>
#include <string_view>

namespace muster::sim {

struct RequestTarget {
  enum class Document : std::uint8_t { kNone, kHealth, kMetrics, kStats };
  Document document = Document::kNone;
  std::string_view behaviour;  // as written; empty: the address decides
};

RequestTarget parse_target(std::string_view target);

}  // namespace muster::sim
