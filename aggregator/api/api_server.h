// The API with its HTTP front, as app/ starts and stops it. All from [main].
#pragma once

#include "aggregator/api/api.h"
#include "aggregator/api/http_front.h"

namespace muster {

class ApiServer {
 public:
  explicit ApiServer(const ApiContext& context);

  Result<std::uint16_t> start();  // the port it listens on

  // Accepts no more, waits at most `patience` for the requests that are open, cuts off the rest.
  void stop(std::chrono::milliseconds patience);

  void reload_tls();  // certificate and key, for the connections to come

 private:
  Api api_;
  HttpFront front_;
};

}  // namespace muster
