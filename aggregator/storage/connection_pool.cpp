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
  auto opened = open();
  if (opened) return Lease(*this, std::make_unique<Connection>(std::move(*opened)));
  free_place();
  return fail(opened.error());
}

// Outside of the lock: others can lease and give back meanwhile. A database that has just refused
// is not asked again by each of the many who want something of it.
Result<Connection> ConnectionPool::open() {
  const auto refused = refusal_.with([](const Refusal& refusal) { return refusal; });
  if (refused.until > std::chrono::steady_clock::now()) return fail(refused.error);
  auto opened = Connection::open(settings_);
  if (opened) return std::move(*opened);
  const Error error = Error(opened.error()).in("database");
  refusal_.with([&](Refusal& refusal) {
    refusal = {std::chrono::steady_clock::now() + kAfterRefusal, error};
  });
  return fail(error);
}

std::size_t ConnectionPool::leased() const {
  const std::lock_guard lock(mutex_);
  return leased_;
}

std::size_t ConnectionPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

Result<std::unique_ptr<Connection>> ConnectionPool::idle_or_place() {
  std::unique_lock lock(mutex_);
  if (leased_ < most_) {
    ++leased_;
  } else if (!wait_for_place(lock)) {
    return fail(ErrorCode::kUnavailable, "all connections to the database are in use");
  }
  if (idle_.empty()) return nullptr;
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

// One behind the other: who comes as a place is freed would otherwise take it from those who have
// waited, and some of them would wait for half a second while others are served a hundred times.
bool ConnectionPool::wait_for_place(std::unique_lock<std::mutex>& lock) {
  Waiter me;
  waiting_.push_back(&me);
  if (me.served.wait_for(lock, patience_, [&] { return me.has_place; })) return true;
  std::erase(waiting_, &me);
  return false;
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  // A connection left inside a transaction would lend its locks to the next one.
  const bool usable = !connection->broken() && !connection->in_transaction();
  const std::lock_guard lock(mutex_);
  if (usable) idle_.push_back(std::move(connection));
  pass_place_on();
}

void ConnectionPool::free_place() {
  const std::lock_guard lock(mutex_);
  pass_place_on();
}

// Under the lock, because a waiter is gone as soon as it sees that it was served.
void ConnectionPool::pass_place_on() {
  if (waiting_.empty()) {
    --leased_;
    return;
  }
  waiting_.front()->has_place = true;
  waiting_.front()->served.notify_one();
  waiting_.pop_front();
}

}  // namespace muster
