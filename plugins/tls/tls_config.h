// The configuration of the plugin tls. Immutable, any thread.
#pragma once

#include <string>
#include <vector>

#include "shared/limits.h"

namespace tls_probe {

struct TlsConfig {
  explicit TlsConfig(std::string_view json);
  explicit TlsConfig(const muster::sdk::Config& config);

  std::string host;  // empty: the server's
  std::uint16_t port = 0;
  std::string server_name;  // empty: the host
  std::string starttls;
  muster::probes::Limits days;
  std::string version;  // the least, "TLSv1.2"
  std::vector<std::string> names;
  std::string issuer;               // empty: any
  std::vector<std::string> sha256;  // small letters without colons; empty: any
};

}  // namespace tls_probe
