// How musterd starts, says what is wrong, stops, and goes on from what an earlier one left.
#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>
#include <sys/stat.h>

#include "tests/integration/musterd_suite.h"
#include "tests/support/notify_socket.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace fs = std::filesystem;
namespace {

struct Outcome {
  int code = -1;
  std::string output;
};

Outcome run_musterd(const std::vector<std::string>& options) {
  ChildProcess process(kMusterdProgram, options);
  const auto code = process.wait_exit(kPatience);
  CPPUNIT_ASSERT_MESSAGE("it still runs", code.has_value());
  return {*code, process.output()};
}

}  // namespace

class MusterdLifecycleTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdLifecycleTest);
  CPPUNIT_TEST(tells_its_version_and_its_options);
  CPPUNIT_TEST(refuses_what_it_does_not_know);
  CPPUNIT_TEST(a_good_file_has_no_faults);
  CPPUNIT_TEST(a_bad_file_shows_every_fault);
  CPPUNIT_TEST(checking_touches_nothing);
  CPPUNIT_TEST(leaves_nothing_behind_when_stopped);
  CPPUNIT_TEST(its_secrets_are_for_the_owner_only);
  CPPUNIT_TEST(a_second_daemon_is_refused);
  CPPUNIT_TEST(goes_on_where_it_was_stopped);
  CPPUNIT_TEST(starts_again_after_it_was_killed);
  CPPUNIT_TEST(tells_systemd);
  CPPUNIT_TEST(stops_with_a_check_in_flight);
  CPPUNIT_TEST_SUITE_END();

  // One for all tests: making the cluster takes seconds, and a daemon must start on any of them.
  static StateFolder& state() {
    static StateFolder folder;
    return folder;
  }

  static Daemon make_daemon(ChildProcess::Environment environment = {}) {
    return {state().path(), {kHealthProbe, "", kOurPlugins, std::move(environment)}};
  }

  void tells_its_version_and_its_options() {
    const Outcome version = run_musterd({"--version"});
    CPPUNIT_ASSERT_EQUAL(0, version.code);
    CPPUNIT_ASSERT_EQUAL(std::string("musterd " MUSTER_VERSION "\n"), version.output);
    const Outcome help = run_musterd({"--help"});
    CPPUNIT_ASSERT_EQUAL(0, help.code);
    for (const char* option : {"--config", "--check-config", "--version", "--help"}) {
      assert_contains(help.output, option);
    }
  }

  void refuses_what_it_does_not_know() {
    const Outcome option = run_musterd({"--colour"});
    CPPUNIT_ASSERT(option.code != 0);
    assert_contains(option.output, "Unknown option specified: colour");
    CPPUNIT_ASSERT_EQUAL(64, run_musterd({"--check-config", "muster.yaml"}).code);
    const Outcome missing = run_musterd({"--config", "/nonexistent/muster.yaml"});
    CPPUNIT_ASSERT_EQUAL(78, missing.code);
    assert_contains(missing.output, "/nonexistent/muster.yaml");
  }

  void a_good_file_has_no_faults() {
    const TempDir files;
    const auto file = files.write(
        "muster.yaml", "plugins: {directory: " + kOurPlugins + "}\nprobes:\n" + kHealthProbe);
    const Outcome checked = run_musterd({"--check-config", "--config", file});
    CPPUNIT_ASSERT_EQUAL_MESSAGE(checked.output, 0, checked.code);
    CPPUNIT_ASSERT_EQUAL(file.string() + ": no faults, 1 probes\n", checked.output);
  }

  void a_bad_file_shows_every_fault() {
    const TempDir files;
    const std::string file = files.write("muster.yaml",
                                         "stat_dir: /tmp\n"
                                         "api: {port: 99999}\n"
                                         "health: {failures: 0}\n"
                                         "probes:\n"
                                         "- {name: web, plugin: http_health, every: often}\n");
    files.write("probes.d/more.yaml", "probes:\n- {name: web, plugin: http_health}\n");
    for (const auto& options : std::vector<std::vector<std::string>>{
             {"--check-config", "--config", file}, {"--config", file}}) {
      const Outcome refused = run_musterd(options);
      CPPUNIT_ASSERT_EQUAL(78, refused.code);
      assert_contains(refused.output,
                      file + ":1:1: unknown key \"stat_dir\", did you mean \"state_dir\"?\n");
      assert_contains(refused.output, file + ":2:13: ");
      assert_contains(refused.output, file + ":3:20: ");
      assert_contains(refused.output, file + ":5:43: ");
      assert_contains(refused.output, "probes.d/more.yaml:2:10: name: ");
    }
  }

  // No state folder, no database, no connection: it is safe to run beside a daemon.
  void checking_touches_nothing() {
    const TempDir files;
    const fs::path folder = files.path() / "state";
    const auto file = files.write(
        "muster.yaml", "state_dir: " + folder.string() + "\nplugins: {directory: " + kOurPlugins +
                           "}\ndatabase: {url: postgresql://muster@192.0.2.1:5432/muster}\n");
    CPPUNIT_ASSERT_EQUAL(0, run_musterd({"--check-config", "--config", file}).code);
    CPPUNIT_ASSERT(!fs::exists(folder));
  }

  void leaves_nothing_behind_when_stopped() {
    Daemon daemon = make_daemon();
    daemon.start();
    CPPUNIT_ASSERT(!postgres_processes(state()).empty());
    const auto begin = std::chrono::steady_clock::now();
    CPPUNIT_ASSERT_EQUAL(0, daemon.stop().value_or(-1));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 10s);
    CPPUNIT_ASSERT(postgres_processes(state()).empty());
    CPPUNIT_ASSERT(!fs::exists(state().data() / "postmaster.pid"));
    assert_contains(daemon.log(), "daemon.stopped");
  }

  void its_secrets_are_for_the_owner_only() {
    Daemon daemon = make_daemon();
    daemon.start();
    for (const char* name : {"admin.token", "secret.key", "lock"}) {
      struct stat stat {};
      CPPUNIT_ASSERT_EQUAL(0, ::stat((state().path() / name).c_str(), &stat));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name, mode_t{0600}, stat.st_mode & 07777);
    }
    CPPUNIT_ASSERT(daemon.token().starts_with("mst_"));
    CPPUNIT_ASSERT(daemon.log().find(daemon.token()) == std::string::npos);
  }

  void a_second_daemon_is_refused() {
    Daemon first = make_daemon();
    first.start();
    Daemon second = make_daemon();
    second.launch();
    CPPUNIT_ASSERT(!second.wait_until_ready());
    CPPUNIT_ASSERT_EQUAL(69, second.process().wait_exit(kPatience).value_or(-1));
    assert_contains(second.log(), "another musterd already uses the state_dir");
    CPPUNIT_ASSERT_EQUAL(200, first.ready_status());
  }

  void goes_on_where_it_was_stopped() {
    FakeServer server(healthy);
    std::string path;
    {
      Daemon daemon = make_daemon();
      const ApiAnswer added = daemon.start().add_server("restarted", server.url());
      path = kFleet + "/servers/" + added.text("id");
      CPPUNIT_ASSERT_EQUAL(0, daemon.stop().value_or(-1));
    }
    const int requests = server.requests();
    Daemon again = make_daemon();
    again.start();  // its admin.token is the one of the first start, or the API would refuse it
    CPPUNIT_ASSERT_EQUAL(std::string("restarted"), again.api("GET", path).text("name"));
    const auto history = again.api("GET", path + "/health-history");
    CPPUNIT_ASSERT_EQUAL(std::string("ok"), history.text("items[0].status"));
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return server.requests() > requests; }));
    CPPUNIT_ASSERT_EQUAL(204, again.api("DELETE", path).status);
  }

  // SIGKILL leaves the lock, the pid file of PostgreSQL, and for a moment PostgreSQL itself.
  void starts_again_after_it_was_killed() {
    Daemon killed = make_daemon();
    killed.start().kill();
    Daemon again = make_daemon();
    again.start();
    CPPUNIT_ASSERT_EQUAL(200, again.api("GET", kFleet + "/summary").status);
  }

  void tells_systemd() {
    NotifySocket systemd;
    Daemon daemon = make_daemon({{"NOTIFY_SOCKET", systemd.path()}});
    daemon.start();
    CPPUNIT_ASSERT_EQUAL(std::string("READY=1"), systemd.next(kPatience));
    daemon.process().signal(SIGHUP);
    const std::string reloading = systemd.next(kPatience);
    CPPUNIT_ASSERT_MESSAGE(reloading, reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CPPUNIT_ASSERT_EQUAL(std::string("READY=1"), systemd.next(kPatience));
    daemon.process().signal(SIGTERM);
    CPPUNIT_ASSERT_EQUAL(std::string("STOPPING=1"), systemd.next(kPatience));
    CPPUNIT_ASSERT_EQUAL(0, daemon.stop().value_or(-1));
  }

  void stops_with_a_check_in_flight() {
    FakeServer silent([](const std::string&) { return FakeAnswer{"", FakeAnswer::Then::kHang}; });
    Daemon daemon = make_daemon();
    daemon.start().add_server("in-flight", silent.url());
    const int requests = silent.requests();
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return silent.requests() > requests; }));
    CPPUNIT_ASSERT_EQUAL(0, daemon.stop().value_or(-1));
    CPPUNIT_ASSERT(postgres_processes(state()).empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdLifecycleTest);
}  // namespace muster
