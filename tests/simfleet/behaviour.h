// A behaviour as the user names it: "hang", "slow:250", "redirect:http://127.0.0.1/". What it does
// on the wire is in scripts.cpp. Values, no thread rule.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muster::sim {

enum class BehaviourKind : std::uint8_t {
  kHealthy,
  kDegraded,
  kUnhealthy,
  kSlow,
  kHang,
  kDrip,
  kReset,
  kClose,
  kRefuse,
  kHuge,
  kEndless,
  kEndlessHeaders,
  kGzipBomb,
  kRedirectLoop,
  kRedirect,
  kBadJson,
  kDeepJson,
  kBadUtf8,
  kEmpty,
  kHtml,
  kStatus,
  kUnauthorized,
  kFlapping,
  kKeepaliveClose,
  kTruncated,
  kBadChunk,
  kSsh,
};
inline constexpr std::size_t kBehaviourCount = 27;

struct Behaviour {
  BehaviourKind kind = BehaviourKind::kHealthy;
  unsigned number = 0;  // slow: milliseconds; flapping: seconds; status: the code
  std::string url;      // redirect

  bool operator==(const Behaviour&) const = default;
};

struct BehaviourEntry {
  enum class Argument { kNone, kMilliseconds, kSeconds, kStatus, kUrl };
  BehaviourKind kind;
  std::string_view name;
  Argument argument;
  std::string_view meaning;
};

// In the order of BehaviourKind.
const std::array<BehaviourEntry, kBehaviourCount>& behaviour_table();

Result<Behaviour> parse_behaviour(std::string_view text);

}  // namespace muster::sim
