// One run against one PostgreSQL: connects, asks, judges. Everything happens in one read-only
// transaction whose statements end with the deadline, and ends by closing the connection. Lives on
// its loop; kept alive by what it waits for.
#pragma once

#include <libpq-fe.h>

#include <memory>

#include "postgres_config.h"
#include "shared/database_run.h"

namespace postgres_probe {

class PostgresRun final : public muster::probes::DatabaseRun {
 public:
  PostgresRun(const muster::sdk::Host& host, const PostgresConfig& config, muster::sdk::Run run,
              std::int64_t deadline_ns)
      : DatabaseRun(host, std::move(run), deadline_ns), config_(config) {}

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, Close>;
  enum class Step { kBegin, kLimit, kFacts, kQuery, kDone };

  void connect(const std::string& address) override;
  void disconnect() override { connection_ = nullptr; }
  bool at_query() const override { return step_ == Step::kQuery; }

  // Waits for the connection's socket, and goes on with `next` when it is ready.
  using Next = void (PostgresRun::*)();
  void wait_for(std::uint32_t events, Next next);

  void on_connecting();
  void send();
  int send_step();
  void flush();
  void receive();
  // One of the results of a statement; false: the run is over or judged.
  bool take(Answer result);
  bool take_row(const PGresult* row);
  void end_step();
  void judge_query();
  void on_refused(const PGresult* answer);
  void on_strange_answer();
  void fail_of_connection();

  const PostgresConfig& config_;
  std::unique_ptr<PGconn, Close> connection_;
  Step step_ = Step::kBegin;
  muster::probes::SqlAnswer told_;  // by the statement of this step
};

}  // namespace postgres_probe
