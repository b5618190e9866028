// What is right or wrong with the certificate that a simulated server shows. Values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace muster::sim {

enum class CertificateKind : std::uint8_t { kGood, kExpired, kWrongName, kSelfSigned, kExpiring };

inline constexpr std::array<std::string_view, 5> kCertificateNames{"good", "expired", "wrong-name",
                                                                   "self-signed", "expiring"};

constexpr std::optional<CertificateKind> certificate_kind(std::string_view name) {
  for (std::size_t i = 0; i < kCertificateNames.size(); ++i) {
    if (kCertificateNames[i] == name) return static_cast<CertificateKind>(i);
  }
  return std::nullopt;
}

}  // namespace muster::sim
