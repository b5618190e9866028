// The plugin mysql: logs in to a MariaDB or MySQL server and looks at its connections, replication,
// and at what one query of the user's returns.
#include <stdexcept>

#include "muster/probe.hpp"
#include "mysql_config.h"
#include "mysql_run.h"

namespace mysql_probe {
namespace {

class Mysql final : public muster::sdk::Probe {
 public:
  Mysql(const muster::sdk::Host& host, std::string_view config_json)
      : host_(host), config_(config_json) {
    // Not thread-safe by itself; we are made one at a time.
    if (mysql_library_init(0, nullptr, nullptr) != 0) {
      throw std::runtime_error("MariaDB Connector/C cannot be set up");
    }
  }

  void start(const muster::sdk::Target& target, muster::sdk::Run run) override {
    const std::string server = config_.host.empty() ? std::string(target.host()) : config_.host;
    std::make_shared<MysqlRun>(host_, config_, std::move(run), target.deadline_ns())->start(server);
  }

 private:
  const muster::sdk::Host host_;
  const MysqlConfig config_;
};

}  // namespace
}  // namespace mysql_probe

MUSTER_PROBE(
    mysql_probe::Mysql, "mysql", "1.0.0",
    "Logs in to a MariaDB or MySQL server and looks at connections, replication and a query",
    mysql_probe::schema().c_str(), MUSTER_NAMES, MUSTER_POLL, MUSTER_WORKERS)
