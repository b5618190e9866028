// One HTTP exchange as Muster sees it: what is sent and what came of it. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/check_result.h"
#include "common/model/failure_reason.h"
#include "common/net/url.h"

namespace muster {

class TlsContext;

inline constexpr std::uint32_t kMostBodyBytes = 1024 * 1024;  // decoded
inline constexpr std::uint32_t kMostHeaderBytes = 64 * 1024;

struct HttpRequest {  // borrowed: only read during send()
  std::string_view method = "GET";
  const Url* url = nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
  std::uint32_t most_body_bytes = kMostBodyBytes;
  bool follow_redirects = false;    // at most 3, to the same scheme
  std::shared_ptr<TlsContext> tls;  // of TlsContext::for_server(); nullptr: the client's own
};

struct HttpResponse {
  FailureReason reason = FailureReason::kNone;  // kNone: there is an answer
  int status = 0;                               // 0 without one
  std::string error;                            // a sentence for a person
  std::string body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // until `done` returns
  Phases phases;
  std::int64_t certificate_expires_at = 0;  // Unix seconds; 0 without TLS
};

}  // namespace muster
