// The database that the daemon works on: a PostgreSQL of its own or the one that it was given, at
// the newest schema, and the connections under three roles. Owned by the Aggregator; opened and
// closed on [main], its pools for any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "aggregator/settings/database_settings.h"
#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/embedded_postgres.h"

namespace muster {

class DaemonDatabase {
 public:
  using GiveUp = std::function<bool(std::chrono::milliseconds patience)>;

  explicit DaemonDatabase(const DatabaseSettings& settings) : settings_(settings) {}

  // The embedded server is ours to start; an outer one may be away, and then we wait for it.
  Result<void> open(const GiveUp& give_up);
  void close();  // nobody borrows any more

  // For threads with a connection of their own.
  ConnectionSettings as_owner() const;
  ConnectionSettings as_ingest() const;

  ConnectionPool& pool() { return *pool_; }      // as muster_api: one organization at a time
  ConnectionPool& owners() { return *owners_; }  // as muster_owner: what is above them

  // Once it is set, whoever waits in a statement of the pools gives up.
  std::atomic<bool>& give_up_statements() { return give_up_statements_; }

 private:
  Result<void> reach(const GiveUp& give_up);
  Result<void> migrate();
  void open_pools();

  const DatabaseSettings settings_;
  std::optional<EmbeddedPostgres> postgres_;
  ConnectionSettings login_;
  std::string ingest_role_;
  std::atomic<bool> give_up_statements_{false};
  std::optional<ConnectionPool> pool_;
  std::optional<ConnectionPool> owners_;
};

}  // namespace muster
