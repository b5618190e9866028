#include "tests/support/daemon.h"

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Parser.h>
#include <Poco/JSON/Query.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/eventually.h"
#include "tests/support/free_port.h"

namespace muster::test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace {

// initdb and the first start take seconds, and ten times as many on a busy machine.
constexpr auto kStartPatience = 90s;
constexpr auto kStopPatience = 30s;

bool lost_its_port(const std::string& log) {
  return log.find("ddress already in use") != std::string::npos;
}

}  // namespace

std::string ApiAnswer::text(const std::string& path) const try {
  const Poco::JSON::Query query(Poco::JSON::Parser().parse(body));
  const Poco::Dynamic::Var found = query.find(path);
  return found.isEmpty() ? std::string() : found.toString();
} catch (const Poco::Exception& broken) {
  return broken.displayText();
}

StateFolder::StateFolder() {
  fs::permissions(path(), fs::perms(0711));
}

std::string StateFolder::conninfo() const {
  return "host=" + (path() / "postgres").string() + " port=5432 user=muster dbname=muster";
}

std::vector<pid_t> postgres_processes(const StateFolder& state) {
  std::vector<pid_t> found;
  for (const auto& process : fs::directory_iterator("/proc")) {
    std::error_code gone;
    const pid_t pid = std::atoi(process.path().filename().c_str());
    if (pid > 0 && fs::read_symlink(process.path() / "cwd", gone) == state.data()) {
      found.push_back(pid);
    }
  }
  std::ranges::sort(found);
  pid_t postmaster = 0;
  std::ifstream(state.data() / "postmaster.pid") >> postmaster;
  const auto first = std::ranges::find(found, postmaster);
  if (first != found.end()) std::rotate(found.begin(), first, first + 1);
  return found;
}

Daemon::Daemon(const fs::path& state, DaemonSettings settings)
    : state_(state), settings_(std::move(settings)) {}

Daemon::~Daemon() {
  stop();
}

Daemon& Daemon::start() {
  for (int attempt = 0; attempt < 3; ++attempt) {
    launch();
    if (wait_until_ready()) return *this;
    if (!lost_its_port(log())) break;
  }
  throw std::runtime_error("musterd did not start: " + log());
}

Daemon& Daemon::launch() {
  port_ = free_port();
  write_config(settings_.probes);
  process_ = std::make_unique<ChildProcess>(
      kMusterdProgram, std::vector<std::string>{"--config", config_file()}, settings_.environment);
  return *this;
}

bool Daemon::wait_until_ready() {
  bool ready = false;
  eventually(kStartPatience, [&] {
    ready = ready_status() == 200;
    return ready || !process_->running();
  });
  return ready;
}

std::optional<int> Daemon::stop() {
  if (!process_) return std::nullopt;
  process_->signal(SIGTERM);
  return process_->wait_exit(kStopPatience);
}

void Daemon::kill() {
  process_->signal(SIGKILL);
  process_->wait_exit(kStopPatience);
}

std::string Daemon::token() const {
  std::string token;
  std::ifstream(state_ / "admin.token") >> token;
  return token;
}

ApiAnswer Daemon::api(const std::string& method, const std::string& path, const std::string& body) {
  std::string request =
      method + " " + path +
      " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: " + "Bearer " + token() +
      "\r\n";
  if (!body.empty()) request += "Content-Type: application/json\r\n";
  if (method != "GET") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const auto answer = exchange(port_, request + "\r\n" + body, 30s);
  if (!answer || !answer->starts_with("HTTP/1.")) return {};
  const std::size_t end = answer->find("\r\n\r\n");
  if (end == std::string::npos) return {};
  return {std::atoi(answer->c_str() + 9), answer->substr(end + 4)};
}

int Daemon::ready_status() {
  const auto answer = http_get(port_, "/-/ready");
  return answer ? answer->status : 0;
}

double Daemon::metric(const std::string& series) {
  const std::string page = "\n" + api("GET", "/metrics").body;
  const std::string start = "\n" + series + " ";
  const std::size_t at = page.find(start);
  return at == std::string::npos ? -1 : std::strtod(page.c_str() + at + start.size(), nullptr);
}

void Daemon::reload(const std::string& probes) {
  write_config(probes);
  process_->signal(SIGHUP);
}

ApiAnswer Daemon::add_server(const std::string& name, const std::string& api_url,
                             const std::string& more_fields) {
  const std::string more = more_fields.empty() ? "" : "," + more_fields;
  const ApiAnswer answer = api("POST", kFleet + "/servers",
                               R"({"name":")" + name + R"(","hostname":"127.0.0.1","api_url":")" +
                                   api_url + "\"" + more + "}");
  if (answer.status != 201) throw std::runtime_error(name + ": " + answer.body);
  return answer;
}

void Daemon::write_config(const std::string& probes) {
  std::string yaml = "state_dir: " + state_.string() + "\n";
  if (!settings_.database.empty()) yaml += "database: {" + settings_.database + "}\n";
  yaml += "plugins: {directory: " + settings_.plugins + ", drop_in: " + settings_.drop_in + "}\n";
  yaml += "api: {port: " + std::to_string(port_) + "}\n";
  const bool own_canaries = settings_.probing.find("canaries:") != std::string::npos;
  // No test may ask this machine's gateway.
  yaml += "probing: {allow_networks: [127.0.0.0/8], loops: 2";
  if (!own_canaries) yaml += ", canaries: {targets: []}";
  if (!settings_.probing.empty()) yaml += ", " + settings_.probing;
  yaml += "}\n";
  yaml += "writer: {batch_delay: 20ms}\n";
  config_.write("muster.yaml", yaml + "probes:\n" + (probes.empty() ? "  []\n" : probes));
}

}  // namespace muster::test
