#include "aggregator/app/daemon_database.h"

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/migrations.h"
#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kOwnerConnections = 4;

}  // namespace

Result<void> DaemonDatabase::open(const GiveUp& give_up) {
  if (settings_.url.empty()) {
    EmbeddedPostgresSettings embedded;
    embedded.directory = settings_.embedded;
    postgres_.emplace(std::move(embedded));
    if (auto started = postgres_->start(); !started) return started;
    login_.conninfo = postgres_->connection_string();
  } else {
    login_.conninfo = settings_.url.reveal();
  }
  if (auto reached = reach(give_up); !reached) return reached;
  if (auto migrated = migrate(); !migrated) return migrated;
  open_pools();
  return {};
}

void DaemonDatabase::close() {
  pool_.reset();
  owners_.reset();
  if (postgres_) postgres_->stop();
}

ConnectionSettings DaemonDatabase::as_owner() const {
  return login_.as(kOwnerRole);
}

ConnectionSettings DaemonDatabase::as_ingest() const {
  return login_.as(ingest_role_);
}

Result<void> DaemonDatabase::reach(const GiveUp& give_up) {
  while (true) {
    const auto opened = Connection::open(login_);
    if (opened) return {};
    log::error("database.unreachable", {{"error", opened.error().message}});
    if (give_up(2s)) return fail(opened.error());
  }
}

Result<void> DaemonDatabase::migrate() {
  auto connection = Connection::open(login_);
  if (!connection) return fail(connection.error());
  const auto applied = Migrations::built_in().apply(*connection);
  if (!applied) return fail(applied.error());
  if (*applied > 0) log::info("database.migrated", {{"migrations", *applied}});
  auto role = DatabaseRoles::for_ingestion(*connection);
  if (!role) return fail(role.error());
  ingest_role_ = std::move(*role);
  return {};
}

void DaemonDatabase::open_pools() {
  ConnectionSettings pooled = login_;
  pooled.give_up = &give_up_statements_;
  owners_.emplace(pooled.as(kOwnerRole), kOwnerConnections);
  pooled.pages_at_hand = true;
  pool_.emplace(pooled.as(kApiRole), static_cast<std::size_t>(settings_.pool));
}

}  // namespace muster
