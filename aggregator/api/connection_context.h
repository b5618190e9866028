// What the connections of a front share. Owned by the front; outlives them.
#pragma once

#include <algorithm>
#include <atomic>

#include "aggregator/api/concurrency_limiter.h"
#include "aggregator/api/connection_table.h"
#include "aggregator/api/handler_pool.h"
#include "aggregator/api/request_handler.h"
#include "aggregator/settings/api_settings.h"
#include "common/net/event_loop.h"

namespace muster {

struct ConnectionContext {
  const ApiSettings& settings;
  RequestHandler& handler;
  EventLoop& loop;
  HandlerPool& pool;
  ConnectionTable& table;
  std::atomic<bool> stopping{false};

  // Bodies that are read as they come. Each holds a thread, for a minute when its sender is slow:
  // one is left for others, if there is more than one, and an organization has one such body.
  ConcurrencyLimiter pipes{std::clamp(settings.threads - 1, 1, 2), 1};
};

}  // namespace muster
