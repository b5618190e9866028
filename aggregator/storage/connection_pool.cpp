#include "aggregator/storage/connection_pool.h"

#include <utility>

namespace muster {

ConnectionPool::ConnectionPool(ConnectionSettings settings, std::size_t most,
                               std::chrono::milliseconds patience)
    : settings_(std::move(settings)), most_(most), patience_(patience) {}

Result<ConnectionPool::Lease> ConnectionPool::lease() {
  while (true) {
    auto place = idle_or_place();
    if (!place) return fail(place.error());
    if (!*place) break;
    if ((*place)->still_there()) return Lease(*this, std::move(*place));
    free_place();  // the server went away while the connection was idle
  }
  // Opened outside of the lock: others can lease and give back meanwhile.
  auto opened = Connection::open(settings_);
  if (!opened) {
    free_place();
    return fail(Error(opened.error()).in("database"));
  }
  return Lease(*this, std::make_unique<Connection>(std::move(*opened)));
}

std::size_t ConnectionPool::leased() const {
  const std::lock_guard lock(mutex_);
  return leased_;
}

Result<std::unique_ptr<Connection>> ConnectionPool::idle_or_place() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, patience_, [this] { return leased_ < most_; })) {
    return fail(ErrorCode::kUnavailable, "all connections to the database are in use");
  }
  ++leased_;
  if (idle_.empty()) return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  // A connection left inside a transaction would lend its locks to the next one.
  const bool usable = !connection->broken() && !connection->in_transaction();
  {
    const std::lock_guard lock(mutex_);
    --leased_;
    if (usable) idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

void ConnectionPool::free_place() {
  {
    const std::lock_guard lock(mutex_);
    --leased_;
  }
  freed_.notify_one();
}

}  // namespace muster
