// A real PostgreSQL for tests: one server a test program, started when the first test asks for it
// and gone with the program; each TestDatabase is a database of its own, for any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/embedded_postgres.h"
#include "common/base/clock.h"
#include "tests/support/must.h"

namespace muster::test {

// The server that the tests of this program share. Do not stop it; start your own for that.
EmbeddedPostgres& shared_postgres();

class TestDatabase {
 public:
  enum class Content { kMigrated, kEmpty };

  // Made on first use. Migrated and with the partitions around `kNow`, which is quick: it is cloned
  // from a template.
  explicit TestDatabase(Content content = Content::kMigrated) : content_(content) {}
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // 2026-11-23T08:00:00Z, inside the partitions.
  static constexpr WallTime kNow{std::chrono::microseconds(1'795'420'800'000'000)};

  // Without a role, as the superuser who owns the cluster.
  ConnectionSettings settings(const std::string& role = "") const;
  Connection connect() const;

  // One statement on a connection of its own; throws with the server's words when it fails.
  Rows sql(const std::string& statement, const Params& params = {}) const;
  std::int64_t number(const std::string& statement, const Params& params = {}) const;

 private:
  const Content content_;
  mutable std::once_flag made_;
  mutable std::string name_;
};

}  // namespace muster::test
