// Asks HTTP(S) servers without blocking: connections kept alive, phases timed, bodies and headers
// capped, certificates verified, every address checked by the guard before it is connected to.
// One for each loop; all calls on that loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "common/net/http_message.h"
#include "common/net/resolver.h"

namespace muster {

class AddressGuard;
class Dialogue;
class EventLoop;
class NameLookup;
class TlsContext;
struct HttpLoop;
struct HttpPlan;
struct TlsIdentity;

// A request under way. Dropping the handle does not end it.
class HttpCall {
 public:
  virtual ~HttpCall() = default;
  // Ends the request now; `done` gets the timeout of the phase it was in, or kCancelled.
  virtual void time_out() = 0;
  virtual void cancel() = 0;
};

class HttpClient {
 public:
  using Done = std::function<void(const HttpResponse&)>;

  struct Limits {
    std::size_t connections = 4096;  // open at once, idle ones included
    // Some kB each; most useful to the servers whose connections the budget does not keep.
    std::size_t tls_sessions = 16'384;
    ResolverOptions dns{};
    // How long kept connections and resumed sessions may follow from one verified certificate.
    std::chrono::seconds verify_after{3600};
  };

  HttpClient(EventLoop& loop, std::shared_ptr<TlsContext> tls, const AddressGuard& guard,
             Limits limits);
  ~HttpClient();  // requests that wait for DNS fail, others go on

  // What HttpRequest::tls wants of a server with TLS material of its own.
  Result<std::shared_ptr<TlsContext>> tls_for(const TlsIdentity& identity);

  // What is asked again and again is prepared once.
  std::shared_ptr<const HttpPlan> prepare(const HttpRequest& request);

  // `done` is called exactly once, never from inside send(). The client sets no deadline.
  std::shared_ptr<HttpCall> send(std::shared_ptr<const HttpPlan> plan, Done done);
  std::shared_ptr<HttpCall> send(const HttpRequest& request, Done done) {
    return send(prepare(request), std::move(done));
  }

  // A dialogue in another protocol, within the same limits. `tls` as in
  // HttpRequest.
  std::shared_ptr<Dialogue> dialogue(std::shared_ptr<TlsContext> tls);

  // For those who connect by themselves.
  std::shared_ptr<NameLookup> name_lookup();

  std::size_t open_connections() const;  // [any]
  const DnsCounters& dns_counters() const;

 private:
  std::shared_ptr<HttpLoop> shared_;
};

}  // namespace muster
