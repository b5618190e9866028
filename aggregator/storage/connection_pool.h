// A bounded set of connections, lent to one thread at a time. Broken ones are replaced; when all
// are out, lease() waits its turn, up to `patience`, and then says kUnavailable. For a second after
// it could not connect it does not try again. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "aggregator/storage/connection.h"
#include "common/base/guarded.h"

namespace muster {

class ConnectionPool {
 public:
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  ConnectionPool(ConnectionSettings settings, std::size_t most,
                 std::chrono::milliseconds patience = std::chrono::seconds(5));

  Result<Lease> lease();

  std::size_t leased() const;
  std::size_t waiting() const;
  std::size_t capacity() const { return most_; }

 private:
  static constexpr std::chrono::seconds kAfterRefusal{1};

  struct Refusal {
    std::chrono::steady_clock::time_point until;
    Error error;
  };
  struct Waiter {
    std::condition_variable served;
    bool has_place = false;
  };

  void give_back(std::unique_ptr<Connection> connection);
  Result<std::unique_ptr<Connection>> idle_or_place();  // null: a place, but no connection yet
  Result<Connection> open();
  bool wait_for_place(std::unique_lock<std::mutex>& lock);
  void free_place();
  void pass_place_on();

  const ConnectionSettings settings_;
  const std::size_t most_;
  const std::chrono::milliseconds patience_;
  Guarded<Refusal> refusal_;
  mutable std::mutex mutex_;
  std::deque<Waiter*> waiting_;  // the longest first
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t leased_ = 0;  // places that are taken, or passed on to a waiter
};

}  // namespace muster
