#include "tests/probes/mariadb_server.h"

#include <filesystem>
#include <stdexcept>

#include "tests/probes/shell.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"

namespace muster::test {
namespace fs = std::filesystem;

MariadbServer::MariadbServer(int id) : port_(free_port()) {
  install();
  std::vector<std::string> arguments{"--no-defaults",
                                     "--datadir=" + folder() + "/data",
                                     "--socket=" + folder() + "/socket",
                                     "--pid-file=" + folder() + "/pid",
                                     "--port=" + std::to_string(port_),
                                     "--bind-address=127.0.0.1",
                                     "--server-id=" + std::to_string(id),
                                     "--log-bin=log",
                                     "--max-connections=20",
                                     "--innodb-flush-log-at-trx-commit=0",
                                     "--ssl-ca=" + authority(),
                                     "--ssl-cert=" + folder() + "/server.crt",
                                     "--ssl-key=" + folder() + "/server.key"};
  if (::geteuid() == 0) arguments.emplace_back("--user=mysql");
  process_ = std::make_unique<ChildProcess>("/usr/sbin/mariadbd", arguments);
  const bool ready = eventually(std::chrono::seconds(40), [this] {
    return fs::exists(folder() + "/socket") &&
           process_->output().find("ready for connections") != std::string::npos;
  });
  if (!ready) throw std::runtime_error("mariadbd: " + process_->output());
  sql("CREATE USER watcher@'%' IDENTIFIED BY 'right'; GRANT SLAVE MONITOR, PROCESS ON *.* TO "
      "watcher@'%'; CREATE USER small@'%' IDENTIFIED BY 'right';"
      "CREATE DATABASE shop; GRANT ALL ON shop.* TO watcher@'%'");
}

void MariadbServer::install() const {
  fs::permissions(directory_.path(), fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add);
  fs::create_directory(folder());
  directory_.write("ca.pem", certificates_.authority_pem());
  const TestIdentity identity = certificates_.good("DNS:localhost,DNS:db.example");
  directory_.write("mariadb/server.crt", TestCertificates::certificate_pem(identity));
  directory_.write("mariadb/server.key", TestCertificates::key_pem(identity));
  shell("chmod a+r " + authority());
  const bool root = ::geteuid() == 0;
  if (root) shell("chown -R mysql " + folder());
  shell(
      "mariadb-install-db --no-defaults --auth-root-authentication-method=normal "
      "--skip-test-db --datadir=" +
      folder() + "/data" + (root ? " --user=mysql" : "") + " >/dev/null");
}

std::string MariadbServer::sql(const std::string& statements) const {
  return shell(session(statements));
}

std::string MariadbServer::session(const std::string& statements) const {
  return "mariadb --no-defaults -N -B -u root -S " + folder() + "/socket -e \"" + statements + '"';
}

}  // namespace muster::test
