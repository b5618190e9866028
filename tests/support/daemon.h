// musterd as its users have it: a program with a muster.yaml of its own, asked over HTTP. It keeps
// its state in a folder that outlives the object, so that a test can start a second one on what the
// first one left. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"

namespace muster::test {

inline const std::string kMusterdProgram = MUSTER_BUILD_DIR "/bin/musterd";
inline const std::string kOurPlugins = MUSTER_BUILD_DIR "/plugins";

struct ApiAnswer {
  int status = 0;  // 0: there was no answer
  std::string body;

  // "items[0].name" of a JSON body as text; empty when there is no such thing.
  std::string text(const std::string& path) const;
};

// A folder that the account of the embedded PostgreSQL may pass through, as a TempDir is not.
class StateFolder {
 public:
  StateFolder();

  const std::filesystem::path& path() const { return directory_.path(); }
  std::filesystem::path data() const { return path() / "postgres" / "cluster"; }
  std::string conninfo() const;  // of the embedded database, while a daemon runs on this folder

 private:
  TempDir directory_;
};

struct DaemonSettings {
  std::string probes;    // the items of `probes:`, each a line that begins with "- "
  std::string database;  // what stands in `database: {}`; empty: PostgreSQL in the state folder
  std::string plugins = kOurPlugins;
  ChildProcess::Environment environment;
  std::string probing;            // more keys of `probing: {}`; without `canaries` there are none
  std::string drop_in = "/none";  // folder of other people's plugins
};

class Daemon {
 public:
  Daemon(const std::filesystem::path& state, DaemonSettings settings);
  ~Daemon();  // stops it and waits for that: a leftover PostgreSQL would outlive its folder
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  Daemon& start();            // returns when it is ready; throws when that does not happen
  Daemon& launch();           // returns at once
  bool wait_until_ready();    // false when it ended or takes too long
  std::optional<int> stop();  // SIGTERM; its exit code
  void kill();                // SIGKILL

  ChildProcess& process() { return *process_; }
  std::string log() const { return process_->output(); }
  std::uint16_t port() const { return port_; }
  std::filesystem::path config_file() const { return config_.path() / "muster.yaml"; }
  std::string token() const;  // the admin token that the first start wrote

  // `path` is absolute; those of the API begin with kFleet.
  ApiAnswer api(const std::string& method, const std::string& path, const std::string& body = "");
  int ready_status();  // of /-/ready, 0 when nobody listens

  // Of /metrics: the value behind `series`, a name with its labels; -1 when it is not there.
  double metric(const std::string& series);

  // Writes the configuration anew with these probes and tells the daemon to read it.
  void reload(const std::string& probes);

  // Registers a server of 127.0.0.1 with these fields on top of name and api_url, and returns the
  // answer. Throws when it is not 201.
  ApiAnswer add_server(const std::string& name, const std::string& api_url,
                       const std::string& more_fields = "");

 private:
  void write_config(const std::string& probes);

  const std::filesystem::path state_;
  const DaemonSettings settings_;
  TempDir config_;
  std::unique_ptr<ChildProcess> process_;
  std::uint16_t port_ = 0;
};

inline const std::string kFleet = "/api/v1/fleet";

// The processes of the PostgreSQL that works in this folder, its postmaster first; none when it
// does not run.
std::vector<pid_t> postgres_processes(const StateFolder& state);

}  // namespace muster::test
