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
  std::uint16_t port = 8470;                         // 0: any free one
  int threads = 16;                                  // requests handled at the same time
  int most_waiting = 512;                            // requests without a thread; more are refused
  int max_connections = 4096;                        // as far as the limit of open files goes
  int max_connections_per_address = 256;             // 0: no limit
  std::size_t request_body_limit = 256 * 1024;       // bytes
  std::chrono::milliseconds header_deadline{5'000};  // to send a request's head; a TLS handshake
  std::chrono::milliseconds request_deadline{10'000};   // to send a whole body
  std::chrono::milliseconds stream_deadline{60'000};    // the same, of a long one read as it comes
  std::chrono::milliseconds response_deadline{30'000};  // to take a whole answer
  std::chrono::milliseconds keep_alive{15'000};         // idle time between two requests
  std::filesystem::path tls_certificate;                // PEM chain; empty: plain HTTP
  std::filesystem::path tls_key;                        // PEM
  std::size_t most_event_streams = 512;                 // clients of /events/stream
  std::size_t most_streams_of_organization = 256;       // so that none takes all of them
  int requests_per_minute = 60'000;                     // of an organization without its own
  bool access_log = false;                              // every request, as info
  bool metrics_anonymous = false;                       // GET /metrics without a token

  bool operator==(const ApiSettings&) const = default;
};

extern const std::string_view kApiSchema;

ApiSettings read_api(const Node& section);

}  // namespace muster
