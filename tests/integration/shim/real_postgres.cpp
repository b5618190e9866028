#include "tests/integration/shim/real_postgres.h"

#include <pwd.h>
#include <unistd.h>

#include <stdexcept>

namespace muster::test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace {

fs::path binaries() {
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql")) {
    if (fs::exists(version.path() / "bin/initdb")) return version.path() / "bin";
  }
  throw std::runtime_error("no PostgreSQL under /usr/lib/postgresql");
}

// PostgreSQL refuses to be root; setpriv becomes the other user without another process between.
std::unique_ptr<ChildProcess> start(std::vector<std::string> command) {
  if (::geteuid() == 0) {
    const std::vector<std::string> become{"setpriv", "--reuid=postgres", "--regid=postgres",
                                          "--clear-groups", "--"};
    command.insert(command.begin(), become.begin(), become.end());
  }
  const std::string program = command.front();
  command.erase(command.begin());
  return std::make_unique<ChildProcess>(program, std::move(command));
}

}  // namespace

RealPostgres::RealPostgres() {
  const std::string folder = directory_.path();
  const std::string data = folder + "/data";
  if (const passwd* user = ::getpwnam("postgres"); ::geteuid() == 0 && user != nullptr) {
    if (::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
  }
  auto init = start({binaries() / "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256",
                     "--pwfile=/etc/hostname", "--no-sync"});
  if (init->wait_exit(60s) != 0) throw std::runtime_error("initdb: " + init->output());
  server_ = start({binaries() / "postgres", "-D", data, "-k", folder, "-h", "", "-F"});
  if (!server_->wait_for_line("ready to accept connections", 60s)) {
    throw std::runtime_error("postgres: " + server_->output());
  }
}

}  // namespace muster::test
