#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/eventually.h"

namespace muster::test {
using namespace std::chrono_literals;
namespace {

std::vector<std::string> merged_environment(const ChildProcess::Environment& extra) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!extra.contains(text.substr(0, text.find('=')))) entries.push_back(text);
  }
  for (const auto& [name, value] : extra) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

pid_t spawn(std::vector<std::string> command, std::vector<std::string> environment,
            const std::string& output_file) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, command[0].c_str(), &files, nullptr,
                                 pointers(command).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error(command[0] + ": " + std::strerror(error));
  return pid;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, std::vector<std::string> arguments,
                           const Environment& extra) {
  arguments.insert(arguments.begin(), program);
  pid_ = spawn(std::move(arguments), merged_environment(extra),
               (directory_.path() / "output").string());
}

ChildProcess::~ChildProcess() {
  if (!running()) return;
  signal(SIGTERM);
  if (wait_exit(3s)) return;
  signal(SIGKILL);
  wait_exit(3s);
}

bool ChildProcess::running() {
  if (exit_code_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

std::string ChildProcess::output() const {
  std::ifstream file(directory_.path() / "output", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<std::string> ChildProcess::wait_for_line(std::string_view text,
                                                       std::chrono::milliseconds patience) {
  std::optional<std::string> line;
  eventually(patience, [&] {
    const bool ended = !running();  // asked first: what it wrote before its end is then in the file
    line = find_line(text);
    return line || ended;
  });
  return line;
}

std::optional<std::string> ChildProcess::find_line(std::string_view text) const {
  const std::string all = output();
  const std::size_t hit = all.find(text);
  if (hit == std::string::npos) return std::nullopt;
  const std::size_t end = all.find('\n', hit);
  if (end == std::string::npos) return std::nullopt;  // the rest of the line is still to come
  const std::size_t before = all.rfind('\n', hit);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return all.substr(begin, end - begin);
}

void ChildProcess::signal(int number) {
  if (running()) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait_exit(std::chrono::milliseconds patience) {
  eventually(patience, [this] { return !running(); });
  return exit_code_;
}

}  // namespace muster::test
