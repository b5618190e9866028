// One run against one PostgreSQL: resolves, connects, asks, judges. Everything happens in one
// read-only transaction whose statements end with the deadline, and ends by closing the connection.
// Lives on its loop; kept alive by what it waits for.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../client/name_lookup.h"
#include "../client/report.h"
#include "connect_error.h"
#include "muster/probe.hpp"
#include "postgres_config.h"

namespace postgres_probe {

class PostgresRun : public std::enable_shared_from_this<PostgresRun> {
 public:
  PostgresRun(const muster::sdk::Host& host, const plugin_client::NameLookup& names,
              const PostgresConfig& config, muster::sdk::Run run, std::int64_t deadline_ns)
      : host_(host),
        poll_(host),
        names_(names),
        config_(config),
        run_(std::move(run)),
        deadline_ns_(deadline_ns),
        phase_began_ns_(host.now_ns()) {}

  void start(const std::string& server);

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, Close>;
  enum class Step { kBegin, kLimit, kFacts, kQuery, kDone };

  // Waits for the connection's socket, and goes on with `next` when it is ready.
  using Next = void (PostgresRun::*)();
  void wait(std::uint32_t events, Next next);

  void connect(const std::string& server, const plugin_client::Addresses& addresses);
  void on_connecting();
  void send();
  int send_step();
  void flush();
  void receive();
  void on_answer(const Answer& answer);
  void read_facts(const PGresult* answer);
  void read_query(const PGresult* answer);
  void on_refused(const PGresult* answer);

  void end_phase(const char* name);
  void on_time();
  void fail(const Trouble& trouble);
  void fail_of_connection();

  const muster::sdk::Host host_;
  const muster::sdk::Poll poll_;
  const plugin_client::NameLookup names_;
  const PostgresConfig& config_;
  muster::sdk::Run run_;
  const std::int64_t deadline_ns_;
  std::int64_t phase_began_ns_;
  std::unique_ptr<PGconn, Close> connection_;
  bool reached_ = false;  // the TCP connection stands
  bool open_ = false;     // and the server has let us in
  Step step_ = Step::kBegin;
  Answer answer_;
  plugin_client::Report report_;
};

}  // namespace postgres_probe
