#include "aggregator/api/http_front.h"

#include <thread>

#include "aggregator/api/http_listener.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

ConnectionTable table_for(const ApiSettings& settings) {
  return {static_cast<std::size_t>(settings.max_connections),
          static_cast<std::size_t>(settings.max_connections_per_address)};
}

}  // namespace

struct HttpFront::Parts {
  Parts(const ApiSettings& settings, RequestHandler& handler)
      : pool(settings.threads, static_cast<std::size_t>(settings.most_waiting)),
        table(table_for(settings)),
        context{settings, handler, loop, pool, table} {}

  void await_last_connection(std::chrono::milliseconds patience) {
    const TimePoint end = clock.now() + patience;
    for (std::size_t open = 1; open > 0 && clock.now() < end; std::this_thread::sleep_for(10ms)) {
      loop.run_and_wait([&] { open = table.size(); });
    }
  }

  SystemClock clock;
  EventLoop loop{"api-io", clock};
  HandlerPool pool;
  ConnectionTable table;
  ConnectionContext context;
  HttpListener listener{context};
};

HttpFront::HttpFront(ApiSettings settings, RequestHandler& handler)
    : settings_(std::move(settings)), handler_(handler) {}

HttpFront::~HttpFront() {
  stop(0ms);
}

Result<std::uint16_t> HttpFront::start() {
  auto parts = std::make_unique<Parts>(settings_, handler_);
  const auto port = parts->listener.open();
  if (!port) return port;
  parts_ = std::move(parts);
  parts_->loop.post([parts = parts_.get()] { parts->listener.start(); });
  parts_->loop.start();
  return port;
}

// The handlers' threads end first, while the loop is there for what they post to it.
void HttpFront::stop(std::chrono::milliseconds patience) {
  if (!parts_) return;
  EventLoop& loop = parts_->loop;
  parts_->context.stopping = true;
  loop.run_and_wait([this] {
    parts_->listener.stop();
    parts_->table.close_all_soon();
  });
  parts_->await_last_connection(patience);
  loop.run_and_wait([this] { parts_->table.close_all(); });
  parts_->pool.stop();
  loop.run_and_wait([] {});  // behind the callbacks of what was closed
  loop.stop();
  parts_.reset();
}

void HttpFront::reload_tls() {
  if (!parts_) return;
  parts_->loop.post([parts = parts_.get()] { parts->listener.reload_tls(); });
}

}  // namespace muster
