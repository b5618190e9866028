#include "command_line.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace exec_probe {
namespace {

struct Placeholder {
  std::string_view text;
  std::string_view ServerWords::*word;
};
constexpr std::array<Placeholder, 3> kPlaceholders{{{"{host}", &ServerWords::host},
                                                    {"{name}", &ServerWords::name},
                                                    {"{api_url}", &ServerWords::api_url}}};
constexpr std::array<std::string_view, 7> kShells{"sh",  "bash", "dash", "zsh",
                                                  "ksh", "ash",  "fish"};

bool has_placeholder(std::string_view argument) {
  return std::any_of(kPlaceholders.begin(), kPlaceholders.end(), [argument](const auto& known) {
    return argument.find(known.text) != std::string_view::npos;
  });
}

const Placeholder* placeholder_at(std::string_view rest) {
  for (const Placeholder& known : kPlaceholders) {
    if (rest.starts_with(known.text)) return &known;
  }
  return nullptr;
}

std::string_view checked(const Placeholder& placeholder, const ServerWords& words, bool leads) {
  const std::string_view word = words.*placeholder.word;
  const auto refuse = [&](const char* why) {
    throw UnfitWords("the server's " + std::string(placeholder.text) + ' ' + why);
  };
  if (word.empty()) refuse("is empty");
  if (word.find('\0') != std::string_view::npos) refuse("holds a NUL");
  // It would be read as an option of the command.
  if (leads && word.starts_with('-')) refuse("begins with '-'");
  return word;
}

// In one pass, so that a server called "{host}" is no placeholder again.
std::string filled(std::string_view argument, const ServerWords& words) {
  std::string text;
  for (std::size_t at = 0; at < argument.size();) {
    const Placeholder* const found = placeholder_at(argument.substr(at));
    if (found == nullptr) {
      text += argument[at++];
    } else {
      text += checked(*found, words, at == 0);
      at += found->text.size();
    }
  }
  return text;
}

bool is_shell(std::string_view argument) {
  const std::string_view name = argument.substr(argument.rfind('/') + 1);
  return std::find(kShells.begin(), kShells.end(), name) != kShells.end();
}

bool is_option(std::string_view argument) {
  return argument.starts_with('-') || argument.starts_with('+');
}

// -c, also among others: -ec.
bool is_command_option(std::string_view argument) {
  return argument.starts_with('-') && !argument.starts_with("--") &&
         argument.find('c') != std::string_view::npos;
}

// -o pipefail, also -euo pipefail.
bool takes_a_value(std::string_view argument) {
  return is_option(argument) && !argument.starts_with("--") &&
         (argument.ends_with('o') || argument.ends_with('O'));
}

bool can_run(const std::string& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<CommandLine::Fault> CommandLine::fault() const {
  if (program().empty()) return Fault{0, "no program is named"};
  if (has_placeholder(program())) return Fault{0, "a server must not choose the program"};
  if (program().find('/') != std::string::npos && program().front() != '/') {
    return Fault{0, "give a whole path, or a name to look for in PATH"};
  }
  for (std::size_t i = 0; i < command_.size(); ++i) {
    if (command_[i].find('\0') != std::string::npos) return Fault{i, "holds a NUL"};
  }
  if (const auto script = words_for_a_shell()) {
    return Fault{*script,
                 "a shell would run what the server is called; write \"$1\" here and give the "
                 "placeholder as an argument of its own behind it"};
  }
  return std::nullopt;
}

// sh -c 'check {host}', also behind env, timeout and their like, and whatever options come between.
std::optional<std::size_t> CommandLine::words_for_a_shell() const {
  const auto shell = std::find_if(command_.begin(), command_.end(), is_shell);
  bool runs_text = false;
  for (auto i = static_cast<std::size_t>(shell - command_.begin()) + 1; i < command_.size(); ++i) {
    const std::string& argument = command_[i];
    runs_text = runs_text || is_command_option(argument);
    if (runs_text && has_placeholder(argument)) return i;
    if (runs_text && !is_option(argument)) break;  // the script; what follows are its arguments
    if (takes_a_value(argument)) ++i;
  }
  return std::nullopt;
}

std::vector<std::string> CommandLine::for_server(const ServerWords& words) const {
  std::vector<std::string> arguments;
  arguments.reserve(command_.size());
  for (const std::string& argument : command_) arguments.push_back(filled(argument, words));
  return arguments;
}

std::string find_program(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) return can_run(program) ? program : std::string();
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(':'), path.size());
    const std::string candidate = std::string(path.substr(0, end)) + '/' + program;
    if (candidate.front() == '/' && can_run(candidate)) return candidate;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return {};
}

}  // namespace exec_probe
