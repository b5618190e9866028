// What a server has shown in its TLS handshake, and what is said of it. Values, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "muster/probe.hpp"
#include "shared/faults.h"
#include "tls_config.h"

namespace tls_probe {

struct Shown {
  Shown() = default;
  explicit Shown(const muster_tls_info& info);

  std::uint32_t chain_length = 0;
  std::int64_t not_after = 0;  // Unix seconds
  std::int64_t chain_not_after = 0;
  std::string subject;
  std::string issuer;
  std::vector<std::string> names;
  std::string sha256;
  std::string version;  // "TLSv1.3"
  std::string cipher;
};

// A name for which a certificate is: by RFC 6125, so "*.a.example" is for "b.a.example" alone.
bool is_for(const Shown& shown, std::string_view name);

// What the configuration has against it at `now`, Unix seconds. Of one that was believed.
void judge(const Shown& shown, const TlsConfig& config, std::int64_t now,
           muster::probes::Faults& faults);

// "a.example, b.example and others": for a person.
std::string list_of(const std::vector<std::string>& names);
std::string date_of(std::int64_t unix_seconds);  // "2026-12-01"

}  // namespace tls_probe
