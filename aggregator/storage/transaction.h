// A transaction on one connection: rolled back when it goes without commit().
// On the thread that uses the connection.
#pragma once

#include "aggregator/storage/connection.h"

namespace muster {

class Transaction {
 public:
  static DbResult<Transaction> begin(Connection& connection);
  static DbResult<Transaction> begin(Connection& connection, const Statement& first);  // together

  Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  DbResult<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}

  Connection* connection_;
};

}  // namespace muster
