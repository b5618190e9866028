// What the requests of one loop share. Lives on its loop; owned by the HttpClient and by the
// requests that are open.
#pragma once

#include <memory>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_pool.h"
#include "common/net/http_scratch.h"
#include "common/net/resolver.h"
#include "common/net/tls_context.h"
#include "common/net/tls_sessions.h"

namespace muster {

struct HttpLoop {
  HttpLoop(EventLoop& loop_, std::shared_ptr<TlsContext> tls_, const AddressGuard& guard_,
           std::size_t connections, TlsSessions sessions_, ResolverOptions dns)
      : loop(loop_),
        tls(std::move(tls_)),
        guard(guard_),
        resolver(loop_, std::move(dns)),
        pool(loop_.io(), connections),
        sessions(std::move(sessions_)) {}

  TimePoint now() const { return loop.clock().now(); }

  EventLoop& loop;
  const std::shared_ptr<TlsContext> tls;
  const AddressGuard& guard;
  Resolver resolver;
  HttpPool pool;
  TlsSessions sessions;
  SpareScratch scratch;
};

}  // namespace muster
