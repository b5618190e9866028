#include "aggregator/storage/transaction.h"

namespace muster {

DbResult<Transaction> Transaction::begin(Connection& connection) {
  if (auto begun = connection.exec("BEGIN"); !begun) return fail(begun.error());
  return Transaction(connection);
}

DbResult<Transaction> Transaction::begin(Connection& connection, const Statement& first) {
  Transaction begun(connection);  // rolls back when only `first` failed
  if (auto done = connection.exec_together({{"BEGIN", {}}, first}); !done) {
    return fail(done.error());
  }
  return begun;
}

Transaction::~Transaction() {
  // A failed rollback leaves the connection broken or in a transaction; its pool sees that.
  if (connection_ != nullptr && !connection_->broken()) (void)connection_->exec("ROLLBACK");
}

DbResult<void> Transaction::commit() {
  Connection& connection = *std::exchange(connection_, nullptr);
  // COMMIT of a failed transaction succeeds as ROLLBACK, so the command tag is looked at.
  auto done = connection.exec("COMMIT");
  if (!done) return fail(done.error());
  if (done->command() != "COMMIT") {
    return fail(DbError{{ErrorCode::kInternal, "the transaction had failed before"}, "25P02", ""});
  }
  return {};
}

}  // namespace muster
