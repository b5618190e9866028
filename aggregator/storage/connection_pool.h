// A bounded set of connections, lent to one thread at a time. Broken ones are replaced; when all
// are out, lease() waits up to `patience` and then says kUnavailable. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "aggregator/storage/connection.h"

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
  std::size_t capacity() const { return most_; }

 private:
  void give_back(std::unique_ptr<Connection> connection);
  Result<std::unique_ptr<Connection>> idle_or_place();  // null: a place, but no connection yet
  void free_place();

  const ConnectionSettings settings_;
  const std::size_t most_;
  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t leased_ = 0;
};

}  // namespace muster
