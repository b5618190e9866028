// The plugin exec: runs a command for each server, as Nagios does with its plugins, and takes its
// exit code, its first line and its performance data for the result.
#include <cstdlib>

#include "command_line.h"
#include "exec_run.h"
#include "muster/config.hpp"

namespace exec_probe {
namespace {

using muster::sdk::Config;
using muster::sdk::Host;
using muster::sdk::Probe;
using muster::sdk::Run;
using muster::sdk::Target;

constexpr char kSchema[] = R"({
  "type": "object",
  "required": ["command"],
  "properties": {
    "command": {
      "type": "array", "minItems": 1, "maxItems": 200,
      "items": {"type": "string", "maxLength": 8192},
      "description": "The program (a path, or a name to find in PATH) and its arguments, without a shell. {host}, {name} and {api_url} stand for the server's."
    },
    "environment": {
      "type": "object", "default": {},
      "additionalProperties": {"type": "string", "maxLength": 8192, "x-muster-secret": true},
      "description": "Variables for the command, besides PATH, LANG and LC_NUMERIC=C; there are no others."
    },
    "perfdata_limits": {
      "type": "boolean", "default": false,
      "description": "Whether warning, critical, min and max of the performance data are metrics too."
    }
  }
})";

std::string from_environment(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

CommandLine read_command(const Config& config) {
  CommandLine command(config.texts("command"));
  if (const auto fault = command.fault()) {
    throw config["command"].error(std::to_string(fault->argument), fault->reason);
  }
  return command;
}

// Numbers are to be written with a point, whatever the language of the words.
std::vector<std::string> read_environment(const Config& config) {
  std::vector<std::string> environment;
  bool path = false, lang = false, numeric = false;
  for (const auto& [name, value] : config["environment"].entries()) {
    if (name.empty() || name.find_first_of(std::string("=\0", 2)) != std::string::npos) {
      throw config["environment"].error(name, "is no name of a variable");
    }
    path = path || name == "PATH";
    lang = lang || name == "LANG";
    numeric = numeric || name == "LC_NUMERIC" || name == "LC_ALL";
    environment.push_back(name + '=' + value.text());
  }
  if (!path) environment.push_back("PATH=" + from_environment("PATH", "/usr/bin:/bin"));
  if (!lang) environment.push_back("LANG=" + from_environment("LANG", "C.UTF-8"));
  if (!numeric) environment.emplace_back("LC_NUMERIC=C");
  return environment;
}

std::string path_of(const std::vector<std::string>& environment) {
  for (const std::string& variable : environment) {
    if (variable.starts_with("PATH=")) return variable.substr(5);
  }
  return {};
}

class Exec final : public Probe {
 public:
  Exec(const Host& host, std::string_view config_json) : Exec(host, Config::parse(config_json)) {}

  void start(const Target& target, Run run) override {
    // Looked for each time: what is missing now is back after an upgrade.
    Command command{find_program(line_.program(), path_), {}, environment_};
    if (command.program.empty()) return run.fail(missing_.c_str());
    try {
      command.arguments = line_.for_server({target.host(), target.name(), target.api_url()});
    } catch (const UnfitWords& error) {
      return run.fail(error.what());
    }
    std::make_shared<ExecRun>(host_, children_, options_, std::move(run))
        ->start(command, target.deadline_ns());
  }

 private:
  Exec(const Host& host, const Config& config)
      : host_(host),
        line_(read_command(config)),
        environment_(read_environment(config)),
        path_(path_of(environment_)),
        missing_(line_.program() + ": there is no such program, or it may not be run"),
        options_{config.boolean("perfdata_limits")} {
    // No reason to refuse the whole configuration: each run says so, until it is there.
    if (find_program(line_.program(), path_).empty()) host_.log(MUSTER_LOG_WARN, missing_);
  }

  const Host host_;
  const CommandLine line_;
  const std::vector<std::string> environment_;
  const std::string path_;
  const std::string missing_;
  const ExecRun::Options options_;
  Children children_;
};

}  // namespace
}  // namespace exec_probe

MUSTER_PROBE(exec_probe::Exec, "exec", "1.0.0",
             "Runs a Nagios or Monitoring Plugins command and takes its verdict",
             exec_probe::kSchema, MUSTER_POLL)
