// How long statements of a connection may take and wait for locks, for as long as the object lives;
// then it is kUsualLimits again. On the thread that uses the connection. [upkeep]
#pragma once

#include <chrono>

#include "aggregator/storage/connection.h"

namespace muster {

struct Limits {
  std::chrono::milliseconds statement;
  std::chrono::milliseconds lock;
};

inline constexpr Limits kUsualLimits{std::chrono::seconds(30), std::chrono::seconds(2)};
// A timeout in the middle of DETACH CONCURRENTLY leaves the partition half detached, so it waits
// for whatever lock it needs.
inline constexpr Limits kDetachLimits{std::chrono::minutes(10), std::chrono::milliseconds(0)};
// It goes on where it was, so that other upkeep need not wait.
inline constexpr Limits kFreezeLimits{std::chrono::minutes(3), std::chrono::seconds(2)};
// Reading a partition as a whole.
inline constexpr Limits kBulkLimits{std::chrono::hours(2), std::chrono::seconds(2)};

class StatementLimits {
 public:
  static DbResult<StatementLimits> set(Connection& connection, const Limits& limits);

  StatementLimits(StatementLimits&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  StatementLimits& operator=(StatementLimits&&) = delete;
  ~StatementLimits();

 private:
  explicit StatementLimits(Connection& connection) : connection_(&connection) {}

  Connection* connection_;
};

}  // namespace muster
