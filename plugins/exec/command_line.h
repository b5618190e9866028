// A configured command: a list of arguments in which {host}, {name} and {api_url} stand for the
// server's. There is no shell, so what a server is called can never become another command. Pure
// but for find_program(); immutable, any thread.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace exec_probe {

struct ServerWords {
  std::string_view host, name, api_url;
};

// Why a server's words cannot be put into the command.
struct UnfitWords : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> command) : command_(std::move(command)) {}

  // Which argument can never be right, and why; nothing when all may be.
  struct Fault {
    std::size_t argument;
    std::string reason;
  };
  std::optional<Fault> fault() const;

  const std::string& program() const { return command_.front(); }

  // Throws UnfitWords.
  std::vector<std::string> for_server(const ServerWords& words) const;

 private:
  std::optional<std::size_t> words_for_a_shell() const;  // the argument that a shell would run

  std::vector<std::string> command_;
};

// Where `program` lies: itself when it has a slash, else the first that may be run of the folders
// in `path` ("/usr/bin:/bin"). Empty when there is none.
std::string find_program(const std::string& program, std::string_view path);

}  // namespace exec_probe
