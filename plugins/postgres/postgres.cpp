// The plugin postgres: logs in to a PostgreSQL server and looks at its connections, transactions,
// replication, and at what one query of the user's returns.
#include "muster/probe.hpp"
#include "postgres_config.h"
#include "postgres_run.h"

namespace postgres_probe {
namespace {

class Postgres final : public muster::sdk::Probe {
 public:
  Postgres(const muster::sdk::Host& host, std::string_view config_json)
      : host_(host), config_(config_json) {}

  void start(const muster::sdk::Target& target, muster::sdk::Run run) override {
    const std::string server = config_.host.empty() ? std::string(target.host()) : config_.host;
    std::make_shared<PostgresRun>(host_, config_, std::move(run), target.deadline_ns())
        ->start(server);
  }

 private:
  const muster::sdk::Host host_;
  const PostgresConfig config_;
};

}  // namespace
}  // namespace postgres_probe

MUSTER_PROBE(postgres_probe::Postgres, "postgres", "1.0.0",
             "Logs in to a PostgreSQL server and looks at connections, replication and a query",
             postgres_probe::schema().c_str(), MUSTER_NAMES, MUSTER_POLL)
