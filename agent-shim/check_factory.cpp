#include "agent-shim/check_factory.h"

#include "agent-shim/http_check.h"
#include "agent-shim/postgresql_check.h"
#include "agent-shim/process_check.h"
#include "agent-shim/redis_check.h"
#include "agent-shim/systemd_unit_check.h"
#include "agent-shim/tcp_check.h"

namespace muster::shim {
namespace {

struct Maker {
  using Check = std::unique_ptr<ComponentCheck>;

  Check operator()(const TcpTarget& target) { return std::make_unique<TcpCheck>(target); }
  Check operator()(const HttpTarget& target) { return std::make_unique<HttpCheck>(target); }
  Check operator()(const ProcessTarget& target) {
    return std::make_unique<ProcessCheck>(target, proc);
  }
  Check operator()(const UnitTarget& target) { return std::make_unique<SystemdUnitCheck>(target); }
  Check operator()(const PostgresqlTarget& target) {
    return std::make_unique<PostgresqlCheck>(target);
  }
  Check operator()(const RedisTarget& target) { return std::make_unique<RedisCheck>(target); }

  const std::filesystem::path& proc;
};

}  // namespace

std::unique_ptr<ComponentCheck> make_check(const CheckTarget& target,
                                           const std::filesystem::path& proc) {
  return std::visit(Maker{proc}, target);
}

}  // namespace muster::shim
