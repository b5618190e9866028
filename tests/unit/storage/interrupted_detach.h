// A DETACH CONCURRENTLY that timed out while a reader held it up: the partition stays pending.
#pragma once

#include <string>

#include "aggregator/storage/transaction.h"
#include "tests/support/postgres_fixture.h"

namespace muster::test {

inline void interrupted_detach(const TestDatabase& database, const std::string& table,
                               const std::string& partition) {
  Connection reader = database.connect();
  const auto open = must(Transaction::begin(reader));
  must(reader.exec("SELECT count(*) FROM " + table));
  ConnectionSettings impatient = database.settings();
  impatient.statement_timeout = std::chrono::milliseconds(100);
  Connection connection = must(Connection::open(impatient));
  const auto detached =
      connection.exec("ALTER TABLE " + table + " DETACH PARTITION " + partition + " CONCURRENTLY");
  if (detached) throw std::runtime_error("the detach was not held up");
}

}  // namespace muster::test
