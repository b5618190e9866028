#include "tests/probes/postgres_cluster.h"

#include <filesystem>

#include "tests/probes/shell.h"
#include "tests/support/free_port.h"

namespace muster::test {
namespace fs = std::filesystem;

PostgresCluster::PostgresCluster() : port_(free_port()) {
  make_folder();
  shell(program("initdb") + " -D " + data() + " -U admin -A trust -E UTF8 --no-sync --no-locale");
  write_tls();
  shell(
      "printf '%s\\n' 'local all all trust' 'host replication all 127.0.0.1/32 trust' "
      "'hostnossl plain all 127.0.0.1/32 scram-sha-256' "
      "'hostssl all all 127.0.0.1/32 scram-sha-256' >" +
      data() + "/pg_hba.conf");
  start();
  sql("CREATE DATABASE plain");
  sql("CREATE ROLE watcher LOGIN PASSWORD 'right' IN ROLE pg_monitor");
}

PostgresCluster::PostgresCluster(const PostgresCluster& primary) : port_(free_port()) {
  make_folder();
  shell(program("pg_basebackup") + " -R -X stream -c fast -h 127.0.0.1 -U admin -p " +
        std::to_string(primary.port()) + " -D " + data());
  write_tls();
  start();
}

PostgresCluster::~PostgresCluster() {
  try {
    shell(program("pg_ctl") + " -D " + data() + " -w -m immediate stop");
  } catch (const std::exception&) {
    // It ended by itself.
  }
}

std::string PostgresCluster::program(const std::string& name) const {
  fs::path newest;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
    newest = std::max(newest, entry.path());
  }
  return "cd " + folder() + " && " + as_account("postgres") + (newest / "bin" / name).string();
}

void PostgresCluster::make_folder() const {
  fs::permissions(directory_.path(), fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add);
  fs::create_directory(folder());
  if (::geteuid() == 0) shell("chown postgres " + folder());
}

void PostgresCluster::write_tls() const {
  directory_.write("ca.pem", certificates_.authority_pem());
  const TestIdentity identity = certificates_.good("DNS:localhost");
  directory_.write("postgres/data/server.crt", TestCertificates::certificate_pem(identity));
  directory_.write("postgres/data/server.key", TestCertificates::key_pem(identity));
  if (::geteuid() == 0) shell("chown postgres " + data() + "/server.*");
}

void PostgresCluster::start() const {
  const std::string settings = "-c listen_addresses=127.0.0.1 -c port=" + std::to_string(port_) +
                               " -c unix_socket_directories=" + folder() +
                               " -c fsync=off -c max_connections=20 -c ssl=on"
                               " -c superuser_reserved_connections=10";
  shell(program("pg_ctl") + " -D " + data() + " -w -l " + folder() + "/log -o '" + settings +
        "' start >/dev/null");
}

void PostgresCluster::cut_off() const {
  sql("ALTER SYSTEM SET primary_conninfo = ''");
  shell(program("pg_ctl") + " -D " + data() + " -w -m fast stop >/dev/null");
  start();
}

std::string PostgresCluster::sql(const std::string& statement) const {
  return shell(session(statement));
}

std::string PostgresCluster::session(const std::string& statements) const {
  return program("psql") + " -qXAt -v ON_ERROR_STOP=1 -U admin -h " + folder() + " -p " +
         std::to_string(port_) + " -d postgres -c \"" + statements + '"';
}

}  // namespace muster::test
