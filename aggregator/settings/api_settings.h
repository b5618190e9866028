// The `api:` section: where the REST API, /metrics and the dashboard are served, and what they put
// up with. A value.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/config/node.h"

namespace muster {

struct ApiSettings {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8470;                    // 0: any free one
  int threads = 16;                             // a connection has one while it is open
  int most_waiting = 64;                        // connections without a thread; more are refused
  std::size_t request_body_limit = 256 * 1024;  // bytes
  std::chrono::milliseconds request_deadline{10'000};   // to send a whole request
  std::chrono::milliseconds response_deadline{30'000};  // to take a whole answer
  std::chrono::milliseconds keep_alive{15'000};         // idle time between two requests
  std::filesystem::path tls_certificate;                // PEM chain; empty: plain HTTP
  std::filesystem::path tls_key;                        // PEM
  bool metrics_anonymous = false;                       // GET /metrics without a token

  bool operator==(const ApiSettings&) const = default;
};

extern const std::string_view kApiSchema;

ApiSettings read_api(const Node& section);

}  // namespace muster
