// The plugin exec with real commands: those of Monitoring Plugins, and scripts that misbehave.
#include <cppunit/extensions/HelperMacros.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "tests/support/eventually.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/slowness.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;

class ExecProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ExecProbeTest);
  CPPUNIT_TEST(monitoring_plugins_run_as_they_are);
  CPPUNIT_TEST(exit_codes_and_words);
  CPPUNIT_TEST(the_environment_is_clean);
  CPPUNIT_TEST(nothing_of_ours_is_inherited);
  CPPUNIT_TEST(a_hanging_command_is_asked_to_end);
  CPPUNIT_TEST(a_deaf_command_is_killed_with_its_children);
  CPPUNIT_TEST(what_a_command_leaves_behind_is_killed);
  CPPUNIT_TEST(a_cancelled_command_is_killed);
  CPPUNIT_TEST(megabytes_are_read_and_thrown_away);
  CPPUNIT_TEST(a_command_that_is_missing_is_named);
  CPPUNIT_TEST(a_wrong_command_is_refused);
  CPPUNIT_TEST_SUITE_END();

 public:
  void tearDown() override {
    scene_.give_up();
    CPPUNIT_ASSERT(test::eventually(5s, [this] { return scene_.open_runs() == 0; }));
    // Neither a process nor a zombie.
    CPPUNIT_ASSERT(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD);
  }

 private:
  static Server server() {
    Server made;
    made.name = "web-1";
    made.hostname = "127.0.0.1";
    made.api_url = "http://127.0.0.1:1";
    return made;
  }

  Finding run(const std::string& yaml, Duration timeout = 20s) {
    return scene_.check(yaml, server(), timeout);
  }

  // A script with a shebang; its YAML.
  std::string script(const std::string& body, const std::string& more = "") {
    const auto path = files_.write("script", "#!/bin/bash\n" + body + "\n");
    ::chmod(path.c_str(), 0700);
    return "command: ['" + path.string() + "']\n" + more;
  }

  static std::string plugin(const std::string& name, const std::string& arguments) {
    return "command: [/usr/lib/nagios/plugins/" + name + ", " + arguments + "]";
  }

  static void assert_found(CheckStatus status, const std::string& message, const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, std::string(finding.message()));
    CPPUNIT_ASSERT(status == finding.status);
  }
  static bool says(const Finding& finding, const std::string& part) {
    return std::string(finding.message()).find(part) != std::string::npos;
  }

  static const Metric* metric(const Finding& finding, const std::string& name) {
    for (const Metric& metric : finding.metrics) {
      if (metric.name == name) return &metric;
    }
    return nullptr;
  }

  void monitoring_plugins_run_as_they_are() {
    const Finding load = run(plugin("check_load", "-w, '1000', -c, '2000'"));
    CPPUNIT_ASSERT_MESSAGE(std::string(load.message()), load.status == CheckStatus::kOk);
    CPPUNIT_ASSERT(metric(load, "load1") != nullptr && metric(load, "load15") != nullptr);

    const Finding disk =
        run(plugin("check_disk", "-w, '0%', -c, '0%', -p, /") + "\nperfdata_limits: true");
    CPPUNIT_ASSERT(says(disk, "DISK OK"));
    const Metric* const used = metric(disk, "value_bytes");
    CPPUNIT_ASSERT(used != nullptr && used->value > 1e6);
    CPPUNIT_ASSERT(used->labels.at(0) == std::make_pair(std::string("perfdata"), std::string("/")));
    CPPUNIT_ASSERT(metric(disk, "value_bytes_max")->value > used->value);

    const std::string port = std::to_string(test::free_port());
    const Finding tcp = run(plugin("check_tcp", "-H, '{host}', -p, '" + port + "'"));
    CPPUNIT_ASSERT(tcp.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(tcp.reason == FailureReason::kReportedUnhealthy);
    CPPUNIT_ASSERT_MESSAGE(std::string(tcp.message()), says(tcp, "127.0.0.1 and port " + port));

    const Finding ping =
        run(plugin("check_ping", "-H, '{host}', -w, '3000,50%', -c, '5000,80%', -p, '1'"));
    CPPUNIT_ASSERT_MESSAGE(std::string(ping.message()), says(ping, "PING OK"));
    CPPUNIT_ASSERT(metric(ping, "rta_seconds")->value < 3);
    CPPUNIT_ASSERT_EQUAL(0.0, metric(ping, "pl_percent")->value);
  }

  void exit_codes_and_words() {
    assert_found(CheckStatus::kOk, "", run("command: ['true']"));
    assert_found(CheckStatus::kWarning, "half", run(script("echo 'half | a=1c'; exit 1")));
    assert_found(CheckStatus::kUnknown, "the command exited with 4: odd",
                 run(script("echo odd; exit 4")));
    assert_found(CheckStatus::kCritical, "on stderr", run(script("echo on stderr >&2; exit 2")));
    assert_found(CheckStatus::kUnknown, "the command was ended by SIGSEGV",
                 run(script("kill -SEGV $$")));
    assert_found(CheckStatus::kOk, "gr\xef\xbf\xbdn", run(script("printf 'gr\\xfcn\\n'")));
    assert_found(CheckStatus::kOk, "web-1 at http://127.0.0.1:1",
                 run("command: [echo, '{name} at {api_url}']"));
    assert_found(CheckStatus::kOk, "; $(id) `id`", run("command: [echo, '; $(id) `id`']"));
  }

  void the_environment_is_clean() {
    ::setenv("MUSTER_TEST_LEAK", "1", 1);
    const Finding all = run(script("echo $(/usr/bin/env | /usr/bin/cut -d= -f1 | /usr/bin/sort)",
                                   "environment: {PASSWORD: hush}"));
    ::unsetenv("MUSTER_TEST_LEAK");
    // The last three are bash's own.
    assert_found(CheckStatus::kOk, "LANG LC_NUMERIC PASSWORD PATH PWD SHLVL _", all);
    assert_found(CheckStatus::kOk, "hush",
                 run(script("echo $PASSWORD", "environment: {PASSWORD: hush}")));
  }

  void nothing_of_ours_is_inherited() {
    const int open = ::fcntl(2, F_DUPFD, 100);  // without O_CLOEXEC
    // By 3 the shell reads the folder.
    assert_found(CheckStatus::kOk, "0 1 2 3", run("command: [sh, -c, 'cd /proc/$$/fd && echo *']"));
    ::close(open);
    assert_found(CheckStatus::kOk, "0", run(script("cat | wc -c")));
    assert_found(CheckStatus::kOk, "SigBlk: 0000000000000000",
                 run(script("echo $(grep SigBlk /proc/self/status)")));
  }

  // The process whose number the script wrote, and whether it is there and no zombie.
  pid_t noted(const std::string& name) const {
    std::ifstream file(files_.path() / name);
    pid_t pid = -1;
    file >> pid;
    CPPUNIT_ASSERT_MESSAGE(name, pid > 0);
    return pid;
  }
  static bool alive(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    return static_cast<bool>(file >> number >> name >> state) && state != "Z" && state != "X";
  }
  void assert_gone(const std::string& name) const {
    const pid_t pid = noted(name);
    CPPUNIT_ASSERT_MESSAGE(name, test::eventually(5s, [pid] { return !alive(pid); }));
  }
  std::string file(const std::string& name) const { return (files_.path() / name).string(); }

  void a_hanging_command_is_asked_to_end() {
    const auto began = std::chrono::steady_clock::now();
    const Finding finding = run(script("trap 'echo >" + file("asked") +
                                       "; exit 0' TERM; echo half;"
                                       "echo $$ >" +
                                       file("pid") + "; while :; do sleep 0.01; done"),
                                1s * test::kSlowness);
    assert_found(CheckStatus::kCritical, "the command did not end in time: half", finding);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT(std::filesystem::exists(file("asked")));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < 1100ms * test::kSlowness);
    assert_gone("pid");
  }

  void a_deaf_command_is_killed_with_its_children() {
    const Finding finding = run(script("trap '' TERM; (echo $BASHPID >" + file("child") +
                                       "; exec sleep 1000) &\n"
                                       "echo $$ >" +
                                       file("pid") + "; while :; do sleep 0.01; done"),
                                1s * test::kSlowness);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kTimeoutResponse);
    assert_gone("pid");
    assert_gone("child");
  }

  // It would hold our pipe open for ever.
  void what_a_command_leaves_behind_is_killed() {
    const auto began = std::chrono::steady_clock::now();
    const Finding finding =
        run(script("(sleep 1000) &\necho $! >" + file("child") + "; echo done"));
    assert_found(CheckStatus::kOk, "done", finding);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - began < 10s);
    assert_gone("child");
  }

  void a_cancelled_command_is_killed() {
    scene_.configure(script("trap '' TERM; echo $$ >" + file("pid") + "; sleep 1000"), server());
    scene_.start();
    CPPUNIT_ASSERT(test::eventually(5s, [this] {
      std::error_code none;
      return std::filesystem::file_size(file("pid"), none) > 0 && !none;
    }));
    scene_.give_up();
    CPPUNIT_ASSERT(test::eventually(5s, [this] { return scene_.open_runs() == 0; }));
    assert_gone("pid");
  }

  void megabytes_are_read_and_thrown_away() {
    const Finding finding =
        run(script("echo 'fine | a=1 b=2'; head -c 5000000 /dev/zero | tr '\\0' x; exit 1"));
    assert_found(CheckStatus::kWarning, "fine (only the first 64 KiB of its output were read)",
                 finding);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, finding.metrics.size());
    CPPUNIT_ASSERT(run("command: ['yes']", 500ms * test::kSlowness).reason ==
                   FailureReason::kTimeoutResponse);
  }

  void a_command_that_is_missing_is_named() {
    assert_found(CheckStatus::kUnknown,
                 "/no/such/check: there is no such program, or it may not be run",
                 run("command: [/no/such/check]"));
    const auto path = files_.write("text", "echo no shebang\n");
    ::chmod(path.c_str(), 0700);
    assert_found(CheckStatus::kUnknown, "cannot run " + path.string() + ": Exec format error",
                 run("command: ['" + path.string() + "']"));
  }

  void a_wrong_command_is_refused() {
    try {
      run("command: [sh, -c, 'ping {host}']");
    } catch (const std::exception& error) {
      return CPPUNIT_ASSERT_MESSAGE(
          error.what(), std::string(error.what()).find("/command/2: a shell") != std::string::npos);
    }
    CPPUNIT_FAIL("taken");
  }

  const test::TempDir files_;
  test::ProbeScene scene_{"plugins/muster_probe_exec.so"};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExecProbeTest);
}  // namespace muster
