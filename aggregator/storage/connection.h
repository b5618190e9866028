// A thin PostgreSQL session over libpq. Statements take parameters only, one round trip each, and
// every one has a deadline of our own (a stopped server still acknowledges packets). After a
// network failure or a passed deadline the connection is broken for good; its pool replaces it.
// Used by one thread at a time; owned by a pool or by the thread that opened it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "aggregator/storage/db_error.h"
#include "aggregator/storage/param.h"
#include "aggregator/storage/rows.h"

struct pg_conn;

namespace muster {

struct ConnectionSettings {
  std::string conninfo;  // "host=/run/muster dbname=muster" or a postgresql:// URL
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds statement_timeout{30'000};  // the server's
  std::chrono::milliseconds lock_timeout{5'000};
  std::chrono::milliseconds deadline{35'000};  // ours, for one statement from send to last byte
};

class Connection {
 public:
  static DbResult<Connection> open(const ConnectionSettings& settings);

  DbResult<Rows> exec(const std::string& sql, const Params& params = {});

  // Several statements without parameters or results, as a migration holds them.
  DbResult<void> exec_script(const std::string& sql);

  // COPY ... FROM STDIN; `data` is the whole stream. Returns the rows copied.
  DbResult<std::int64_t> copy_in(const std::string& sql, std::string_view data);

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

  Connection(pg_conn* connection, std::chrono::milliseconds deadline)
      : connection_(connection), deadline_(deadline) {}

  DbResult<void> connect(Instant until);
  DbResult<void> prepare_session(const ConnectionSettings& settings);
  DbResult<void> flush(Instant until);
  DbResult<Rows> next_result(Instant until);
  DbResult<Rows> last_result(Instant until);
  DbResult<void> wait(bool to_write, Instant until);
  DbError lost(ErrorCode code, std::string message);
  DbError network_failure();
  Instant until() const { return std::chrono::steady_clock::now() + deadline_; }

  std::unique_ptr<pg_conn, Finish> connection_;
  std::chrono::milliseconds deadline_;
  bool broken_ = false;
};

}  // namespace muster
