// The HTTP front: bytes to ApiRequest, ApiResponse to bytes, and nothing of the API itself. Bounds
// all that a client can take: body, time, connections, threads. start(), stop() and reload_tls()
// from [main]; one thread api-io has the sockets, the handler is called on threads api-N.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "aggregator/api/request_handler.h"
#include "aggregator/settings/api_settings.h"
#include "common/base/result.h"

namespace muster {

class HttpFront {
 public:
  HttpFront(ApiSettings settings, RequestHandler& handler);
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;
  ~HttpFront();

  Result<std::uint16_t> start();  // the port

  // Accepts no more, waits at most `patience` for the requests that are open, cuts off the rest.
  void stop(std::chrono::milliseconds patience);

  // Reads certificate and key again, for the connections to come.
  void reload_tls();

 private:
  struct Parts;

  const ApiSettings settings_;
  RequestHandler& handler_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace muster
