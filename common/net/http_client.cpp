#include "common/net/http_client.h"

#include "common/net/dialogue.h"
#include "common/net/http_fetch.h"
#include "common/net/name_lookup.h"

namespace muster {

HttpClient::HttpClient(EventLoop& loop, std::shared_ptr<TlsContext> tls, const AddressGuard& guard,
                       Limits limits)
    : shared_(std::make_shared<HttpLoop>(loop, std::move(tls), guard, limits.connections,
                                         TlsSessions(limits.tls_sessions, limits.verify_after),
                                         std::move(limits.dns))) {}

// What waits for a name holds on to the loop's state, and so to the resolver it waits in.
HttpClient::~HttpClient() {
  shared_->resolver.close();
}

Result<std::shared_ptr<TlsContext>> HttpClient::tls_for(const TlsIdentity& identity) {
  return shared_->tls->for_server(identity);
}

std::shared_ptr<const HttpPlan> HttpClient::prepare(const HttpRequest& request) {
  return HttpPlan::make(request, shared_->pool);
}

std::shared_ptr<HttpCall> HttpClient::send(std::shared_ptr<const HttpPlan> plan, Done done) {
  auto fetch = std::make_shared<HttpFetch>(shared_, std::move(plan), std::move(done));
  fetch->start();
  return fetch;
}

std::shared_ptr<Dialogue> HttpClient::dialogue(std::shared_ptr<TlsContext> tls) {
  return std::make_shared<Dialogue>(shared_, tls ? std::move(tls) : shared_->tls);
}

std::shared_ptr<NameLookup> HttpClient::name_lookup() {
  return std::make_shared<NameLookup>(shared_);
}

std::size_t HttpClient::open_connections() const {
  return shared_->pool.open();
}

const DnsCounters& HttpClient::dns_counters() const {
  return shared_->resolver.counters();
}

}  // namespace muster
