#include "aggregator/api/api_server.h"

namespace muster {

ApiServer::ApiServer(const ApiContext& context) : api_(context), front_(context.settings, api_) {}

Result<std::uint16_t> ApiServer::start() {
  return front_.start();
}

void ApiServer::stop(std::chrono::milliseconds patience) {
  front_.stop(patience);
}

void ApiServer::reload_tls() {
  front_.reload_tls();
}

}  // namespace muster
