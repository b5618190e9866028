// What the connections of a front share. Owned by the front; outlives them.
#pragma once

#include <algorithm>
#include <atomic>

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
  std::atomic<int> open_pipes{0};  // bodies that are read as they come; each holds a thread

  // One thread is left for others, if there is more than one.
  int most_pipes() const { return std::clamp(settings.threads - 1, 1, 2); }
};

}  // namespace muster
