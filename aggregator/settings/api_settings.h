// The `api:` section: where the REST API, /metrics and the dashboard are served. A value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/config/node.h"

namespace muster {

struct TlsFiles {  // PEM
  std::filesystem::path certificate;
  std::filesystem::path key;
};

struct ApiSettings {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8470;  // 0: any free one
  int threads = 16;
  std::uint64_t request_body_limit_bytes = 256 * 1024;
  std::optional<TlsFiles> tls;
};

extern const std::string_view kApiSchema;

ApiSettings read_api(const Node& section);

}  // namespace muster
