// One run against one MariaDB or MySQL by the non-blocking half of MariaDB Connector/C, whose calls
// come back to say what they wait for. Ends by closing the connection. Lives on its loop, but for
// the steps of a connect with TLS, which a worker makes; kept alive by what it waits for.
#pragma once

#include <mysql.h>

#include <array>
#include <memory>
#include <string>

#include "mysql_config.h"
#include "server_facts.h"
#include "shared/blocking_call.h"
#include "shared/database_run.h"

namespace mysql_probe {

class MysqlRun final : public muster::probes::DatabaseRun {
 public:
  MysqlRun(const muster::sdk::Host& host, const MysqlConfig& config, muster::sdk::Run run,
           std::int64_t deadline_ns)
      : DatabaseRun(host, std::move(run), deadline_ns), blocking_(host), config_(config) {}

 private:
  struct Close {
    void operator()(MYSQL* mysql) const;
  };
  enum class Call { kConnect, kQuery, kFetch };
  enum class Step { kLimits, kReadOnly, kVariables, kStatus, kReplica, kOldReplica, kQuery, kDone };

  void connect(const std::string& address) override;
  void disconnect() override;
  bool at_query() const override { return step_ == Step::kQuery; }
  void set_options();
  void set_tls();

  int start_call();
  int continue_call(int ready);
  void continue_on_worker(int ready);
  // Goes on when the call has ended (0), else when what it waits for is there.
  void drive(int waits_for);
  void on_ready(int ready);
  void on_ended();
  void on_connected();
  void ask();
  std::string statement() const;
  void on_answer();
  void fetch();
  bool take_row();
  void end_step();
  void judge_step();
  void next_step();
  void on_refused();

  const muster::probes::BlockingCall blocking_;
  const MysqlConfig& config_;
  std::unique_ptr<MYSQL, Close> mysql_;
  bool on_worker_ = false;              // mysql_ and connected_ are a worker's: hands off
  std::array<char, 256> connect_to_{};  // the library reads it until the call ends
  std::string statement_;               // so too
  Call call_ = Call::kConnect;
  Step step_ = Step::kLimits;
  MYSQL* connected_ = nullptr;
  int query_result_ = 0;
  MYSQL_RES* result_ = nullptr;
  MYSQL_ROW row_ = nullptr;
  Table table_;
  std::uint64_t table_bytes_ = 0;
  double most_connections_ = 0;
};

}  // namespace mysql_probe
