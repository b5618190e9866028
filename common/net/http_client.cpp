#include "common/net/http_client.h"

#include "common/net/http_fetch.h"

namespace muster {

HttpClient::HttpClient(EventLoop& loop, std::shared_ptr<TlsContext> tls, const AddressGuard& guard,
                       Limits limits)
    : shared_(std::make_shared<HttpLoop>(loop, std::move(tls), guard, limits.connections)) {}

HttpClient::~HttpClient() = default;

std::shared_ptr<HttpCall> HttpClient::send(const HttpRequest& request, Done done) {
  auto fetch = std::make_shared<HttpFetch>(shared_, request, std::move(done));
  fetch->start();
  return fetch;
}

std::size_t HttpClient::open_connections() const { return shared_->pool.open(); }

}  // namespace muster
