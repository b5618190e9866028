// One run against one MariaDB or MySQL by the non-blocking half of MariaDB Connector/C, whose calls
// come back to say what they wait for. Ends by closing the connection. Lives on its loop; kept
// alive by what it waits for.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <memory>
#include <string>

#include "../client/blocking_call.h"
#include "../client/name_lookup.h"
#include "../client/report.h"
#include "error_code.h"
#include "muster/probe.hpp"
#include "mysql_config.h"
#include "server_facts.h"

namespace mysql_probe {

class MysqlRun : public std::enable_shared_from_this<MysqlRun> {
 public:
  MysqlRun(const muster::sdk::Host& host, const MysqlConfig& config, muster::sdk::Run run,
           std::int64_t deadline_ns)
      : host_(host),
        poll_(host),
        config_(config),
        run_(std::move(run)),
        deadline_ns_(deadline_ns),
        phase_began_ns_(host.now_ns()) {}
  ~MysqlRun();

  void start(const std::string& server);

 private:
  enum class Call { kConnect, kQuery, kStore };
  enum class Step { kLimits, kReadOnly, kVariables, kStatus, kReplica, kOldReplica, kQuery, kDone };

  void on_addresses(const std::string& server, const plugin_client::Addresses& addresses);
  void set_options();
  void connect(const std::string& host);
  int start_call();
  int continue_call(int ready);
  // Goes on when the call has ended (0), else when what it waits for is there.
  void drive(int waits_for);
  void on_ended();
  void ask();
  std::string statement() const;
  void on_table();
  void judge_step(const Table& table);
  void next_step();
  void on_refused();

  void end_phase(const char* name);
  void on_time();
  void fail(const Trouble& trouble);

  const muster::sdk::Host host_;
  const muster::sdk::Poll poll_;
  const MysqlConfig& config_;
  muster::sdk::Run run_;
  const std::int64_t deadline_ns_;
  std::int64_t phase_began_ns_;
  MYSQL* mysql_ = nullptr;
  std::string connect_to_;
  std::string statement_;  // the library reads it until the call ends
  Call call_ = Call::kConnect;
  Step step_ = Step::kLimits;
  MYSQL* connected_ = nullptr;
  int query_result_ = 0;
  MYSQL_RES* result_ = nullptr;
  double most_connections_ = 0;
  plugin_client::Report report_;
};

}  // namespace mysql_probe
