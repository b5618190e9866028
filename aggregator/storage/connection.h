// A thin PostgreSQL session over libpq. Statements take parameters only, one round trip each, and
// every one has a deadline of our own (a stopped server still acknowledges packets). What is sent
// again and again is prepared, so that the server parses it once. After a network failure or a
// passed deadline the connection is broken for good; its pool replaces it.
// Used by one thread at a time; owned by a pool or by the thread that opened it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/storage/db_error.h"
#include "aggregator/storage/param.h"
#include "aggregator/storage/prepared_statements.h"
#include "aggregator/storage/rows.h"

struct pg_conn;

namespace muster {

struct DatabaseHost;

struct ConnectionSettings {
  std::string conninfo;  // "host=/run/muster dbname=muster" or a postgresql:// URL
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds statement_timeout{30'000};  // the server's
  std::chrono::milliseconds lock_timeout{5'000};
  std::chrono::milliseconds deadline{35'000};  // ours, for one statement from send to last byte
  // Of a thread that may be told to stop in a long statement: once it is set, a statement under way
  // is given up within a tenth of a second, and the connection is broken.
  const std::atomic<bool>* give_up = nullptr;
  std::string role;  // taken at once, in place of the user's own; empty: none
  // Plans as for pages that are at hand: what is asked for in an index's order is read along the
  // index, instead of page by page and then sorted.
  bool pages_at_hand = false;

  ConnectionSettings as(const std::string& other_role) const;
};

struct Statement {
  std::string sql;
  Params params;
};

class Connection {
 public:
  // Tries each host that the string names, for `connect_timeout` each.
  static DbResult<Connection> open(const ConnectionSettings& settings);

  DbResult<Rows> exec(const std::string& sql, const Params& params = {});

  // Several statements in one round trip and, unless one is open, in one transaction. Returns the
  // rows of the last one, or the first error.
  DbResult<Rows> exec_together(const std::vector<Statement>& statements);

  // Several statements without parameters or results, as a migration holds them.
  DbResult<void> exec_script(const std::string& sql);

  // COPY ... FROM STDIN; `data` is the whole stream. Returns the rows copied.
  DbResult<std::int64_t> copy_in(const std::string& sql, std::string_view data);

  // Streams of any length: the deadline counts from piece to piece. `next` gives the pieces, an
  // empty one at the end; when it fails, the COPY is undone and the connection stays of use.
  using CopySource = std::function<Result<std::string_view>()>;
  DbResult<std::int64_t> copy_in(const std::string& sql, const CopySource& next);

  // COPY ... TO STDOUT. A sink that fails breaks the connection, as the rest is not worth reading.
  using CopySink = std::function<Result<void>(std::string_view)>;
  DbResult<std::int64_t> copy_out(const std::string& sql, const CopySink& sink);

  void set_deadline(std::chrono::milliseconds deadline) { deadline_ = deadline; }
  bool broken() const { return broken_; }
  bool in_transaction() const;
  bool still_there();  // nothing has arrived on an idle connection: no end of file, no error
  int backend_pid() const;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Finish {
    void operator()(pg_conn* connection) const;
  };

  Connection(pg_conn* connection, const ConnectionSettings& settings)
      : connection_(connection), deadline_(settings.connect_timeout), give_up_(settings.give_up) {}

  static DbResult<Connection> open(const ConnectionSettings& settings, const DatabaseHost& host);
  DbResult<void> connect(Instant until);
  DbResult<void> prepare_session(const ConnectionSettings& settings);
  DbResult<Rows> begin_copy(const std::string& sql, Instant until);
  DbResult<void> send_copy(std::string_view piece, Instant until);
  DbResult<std::int64_t> end_copy(const char* failure, Instant until);
  DbResult<void> read_copy(const CopySink& sink);
  DbResult<void> prepare_if_worth(const std::string& sql, Instant until);
  DbResult<void> send(const std::string& sql, const Params& params);
  DbResult<void> flush(Instant until);
  DbResult<Rows> next_result(Instant until);
  DbResult<Rows> last_result(Instant until);
  DbResult<Rows> last_result_together(Instant until);
  DbResult<void> wait(bool to_write, Instant until);
  DbError lost(ErrorCode code, std::string message);
  DbError network_failure();
  Instant until() const { return std::chrono::steady_clock::now() + deadline_; }

  std::unique_ptr<pg_conn, Finish> connection_;
  std::chrono::milliseconds deadline_;
  const std::atomic<bool>* give_up_;
  bool broken_ = false;
  PreparedStatements prepared_;
};

}  // namespace muster
