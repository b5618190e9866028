// Poco's HTTP server as a thin front: bytes to ApiRequest, ApiResponse to bytes, and nothing of the
// API itself. Bounds all that a client can take: body, time, connections, threads. start() and
// stop() from [main]; the handler is called on threads api-N.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "aggregator/api/api_request.h"
#include "aggregator/api/api_response.h"
#include "aggregator/settings/api_settings.h"
#include "common/base/result.h"

namespace muster {

class HttpFront {
 public:
  using Handler = std::function<ApiResponse(ApiRequest)>;

  HttpFront(ApiSettings settings, Handler handler);
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;
  ~HttpFront();

  Result<std::uint16_t> start();  // the port

  // Accepts no more, waits at most `patience` for the requests that are open, cuts off the rest.
  void stop(std::chrono::milliseconds patience);

 private:
  struct Parts;

  const ApiSettings settings_;
  const Handler handler_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace muster
