#include "tests/support/postgres_fixture.h"

#include <atomic>
#include <stdexcept>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/migrations.h"
#include "aggregator/storage/partition_creator.h"
#include "tests/support/temp_dir.h"

namespace muster::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTemplate = "migrated";

// Members go in reverse: first the server, then its directory.
struct SharedServer {
  SharedServer() : server(settings()) {
    must(server.start());
    Connection connection = must(Connection::open({server.connection_string()}));
    must(connection.exec(std::string("CREATE DATABASE ") + kTemplate));
    Connection inside = must(Connection::open({server.connection_string(kTemplate)}));
    must(Migrations::built_in().apply(inside));
    const ConnectionSettings there{server.connection_string(kTemplate)};
    Connection owner = must(Connection::open(there.as(kOwnerRole)));
    must(PartitionCreator::run(owner, TestDatabase::kNow));
  }

  EmbeddedPostgresSettings settings() const {
    // When root runs the tests, PostgreSQL's own account must be able to come in.
    fs::permissions(directory.path(), fs::perms::others_exec | fs::perms::group_exec,
                    fs::perm_options::add);
    EmbeddedPostgresSettings settings;
    settings.directory = directory.path() / "postgres";
    settings.server_settings = {{"fsync", "off"}, {"max_connections", "300"}};
    return settings;
  }

  TempDir directory;
  EmbeddedPostgres server;
};

std::string next_name() {
  static std::atomic<int> last{0};
  return "test_" + std::to_string(++last);
}

void on_server(const std::string& statement) {
  Connection connection = must(Connection::open({shared_postgres().connection_string()}));
  must(connection.exec(statement));
}

}  // namespace

EmbeddedPostgres& shared_postgres() {
  static SharedServer shared;
  return shared.server;
}

TestDatabase::~TestDatabase() {
  if (name_.empty()) return;
  try {
    on_server("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // A leftover database goes with the server.
  }
}

// CppUnit makes the fixtures of all suites before it runs one, so this waits for the first use.
ConnectionSettings TestDatabase::settings(const std::string& role) const {
  std::call_once(made_, [this] {
    const std::string name = next_name();
    on_server("CREATE DATABASE " + name + " TEMPLATE " +
              (content_ == Content::kMigrated ? kTemplate : "template0"));
    name_ = name;
  });
  return ConnectionSettings{shared_postgres().connection_string(name_)}.as(role);
}

Connection TestDatabase::connect() const {
  return must(Connection::open(settings()));
}

Rows TestDatabase::sql(const std::string& statement, const Params& params) const {
  return must(connect().exec(statement, params));
}

std::int64_t TestDatabase::number(const std::string& statement, const Params& params) const {
  return sql(statement, params).integer(0, 0);
}

}  // namespace muster::test
