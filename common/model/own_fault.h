// A fault of this musterd itself, because of which it cannot tell how its servers are; and how it
// is told from a fault of theirs. Values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

enum class OwnFaultKind : std::uint8_t {
  kNone,
  kSuspected,  // for a moment, while the canaries are being asked; not a fault to speak of
  kNetwork,
  kDns,
  kDescriptors,
};

inline constexpr std::array<std::string_view, 5> kOwnFaultNames{"none", "suspected", "network",
                                                                "dns", "descriptors"};

constexpr std::string_view to_string(OwnFaultKind kind) {
  return kOwnFaultNames[static_cast<std::size_t>(kind)];
}

// Whether it is one that people are told of.
constexpr bool is_fault(OwnFaultKind kind) {
  return kind > OwnFaultKind::kSuspected;
}

struct MassFailure {
  double share = 0.5;                        // more than this part of the servers that answered,
  int servers = 10;                          // which are so many at least,
  std::chrono::milliseconds window{30'000};  // turned silent within this time

  bool operator==(const MassFailure&) const = default;
};

struct OwnFaultSettings {
  // "tcp://10.0.0.1:53", "dns://10.0.0.2"; absent: the gateway and the DNS servers; empty: none,
  // and then neither a network nor a DNS fault is ever seen.
  std::optional<std::vector<std::string>> canaries;
  std::chrono::milliseconds every{15'000};
  std::chrono::milliseconds timeout{1'000};
  MassFailure mass_failure;

  bool operator==(const OwnFaultSettings&) const = default;
};

}  // namespace muster
