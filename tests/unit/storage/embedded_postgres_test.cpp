#include "aggregator/storage/embedded_postgres.h"

#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "aggregator/storage/os_account.h"
#include "aggregator/storage/postgres_cluster.h"
#include "aggregator/storage/server_process.h"
#include "tests/support/child_process.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace fs = std::filesystem;

class EmbeddedPostgresTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EmbeddedPostgresTest);
  CPPUNIT_TEST(makes_the_cluster_once);
  CPPUNIT_TEST(survives_a_crash_inside_initdb);
  CPPUNIT_TEST(starts_again_when_killed);
  CPPUNIT_TEST(a_stale_pid_file_does_not_stop_it);
  CPPUNIT_TEST(the_pid_of_another_process_does_not_stop_it);
  CPPUNIT_TEST(stops_a_server_that_was_left_running);
  CPPUNIT_TEST(a_second_daemon_is_refused);
  CPPUNIT_TEST(a_long_path_works);
  CPPUNIT_TEST(does_not_run_as_root);
  CPPUNIT_TEST(names_the_directory_that_cannot_be_entered);
  CPPUNIT_TEST(the_server_goes_with_the_thread_that_started_it);
  CPPUNIT_TEST(another_version_is_named);
  CPPUNIT_TEST(no_binaries_are_named);
  CPPUNIT_TEST(a_program_that_cannot_start_says_why);
  CPPUNIT_TEST(a_server_that_cannot_start_shows_its_log);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    top_.emplace();
    // When root runs the tests, PostgreSQL's own account must be able to come in.
    fs::permissions(top_->path(), fs::perms(0711));
  }

  void tearDown() override { top_.reset(); }

 private:
  fs::path directory() const { return top_->path() / "state" / "postgres"; }

  EmbeddedPostgresSettings settings() const {
    EmbeddedPostgresSettings settings;
    settings.directory = directory();
    return settings;
  }

  static std::string asked(const EmbeddedPostgres& server, const std::string& sql) {
    Connection connection = must(Connection::open({server.connection_string()}));
    return std::string(must(connection.exec(sql)).text(0, 0));
  }

  static std::string identity(const EmbeddedPostgres& server) {
    return asked(server, "SELECT system_identifier FROM pg_control_system()");
  }

  static bool answers(const EmbeddedPostgres& server) {
    return Connection::open({server.connection_string()}).has_value();
  }

  void start_and_stop() {
    EmbeddedPostgres server(settings());
    must(server.start());
  }

  // initdb takes seconds, so the tests of what comes behind it share a copied cluster.
  void make_cluster() {
    static const test::TempDir made;
    static const fs::path original = [] {
      fs::permissions(made.path(), fs::perms(0711));
      EmbeddedPostgresSettings settings;
      settings.directory = made.path() / "postgres";
      EmbeddedPostgres server(settings);
      must(server.start());
      return settings.directory;
    }();
    fs::create_directories(directory().parent_path());
    // cp keeps the owner, which std::filesystem does not.
    test::ChildProcess copy("cp", {"-a", original.string(), directory().string()});
    CPPUNIT_ASSERT(copy.wait_exit(60s) == 0);
  }

  void makes_the_cluster_once() {
    std::string first;
    {
      EmbeddedPostgres server(settings());
      must(server.start());
      first = identity(server);
      CPPUNIT_ASSERT_EQUAL(std::string("on"), asked(server, "SHOW data_checksums"));
      CPPUNIT_ASSERT_EQUAL(std::string("UTF8"), asked(server, "SHOW server_encoding"));
      CPPUNIT_ASSERT_EQUAL(std::string(""), asked(server, "SHOW listen_addresses"));
      CPPUNIT_ASSERT_EQUAL(std::string("on"), asked(server, "SHOW fsync"));
    }
    EmbeddedPostgres again(settings());
    must(again.start());
    CPPUNIT_ASSERT_EQUAL(first, identity(again));
    struct stat stat {};
    ::stat(directory().c_str(), &stat);
    CPPUNIT_ASSERT_EQUAL(mode_t{0700}, stat.st_mode & 0777);
  }

  void survives_a_crash_inside_initdb() {
    fs::create_directories(directory() / "cluster.new" / "base");
    std::ofstream(directory() / "cluster.new" / "PG_VERSION") << "15\n";
    start_and_stop();
    CPPUNIT_ASSERT(!fs::exists(directory() / "cluster.new"));
  }

  void starts_again_when_killed() {
    make_cluster();
    EmbeddedPostgres server(settings());
    must(server.start());
    const pid_t first = server.pid();
    ::kill(first, SIGKILL);
    CPPUNIT_ASSERT(eventually(30s, [&] { return server.restarts() > 0 && answers(server); }));
    CPPUNIT_ASSERT(server.pid() != first);
  }

  void a_stale_pid_file_does_not_stop_it() {
    make_cluster();
    write_pid_file(999'999'999);
    start_and_stop();
  }

  void the_pid_of_another_process_does_not_stop_it() {
    make_cluster();
    // Of the same account, else PostgreSQL itself would see that it cannot be its server.
    const OsAccount account = must(OsAccount::for_server(directory() / "cluster"));
    auto other = must(ServerProcess::start({"/bin/sleep", "60"}, account, directory() / "log"));
    write_pid_file(other.pid());
    start_and_stop();
    CPPUNIT_ASSERT(!other.wait(0ms));  // and it was not taken for a server
  }

  // As postgres itself leaves it: pid, directory, start, port, socket directory, address, memory.
  void write_pid_file(pid_t pid) {
    const fs::path file = directory() / "cluster" / "postmaster.pid";
    std::ofstream(file) << pid << '\n'
                        << (directory() / "cluster").string() << "\n1790000000\n5432\n"
                        << directory().string() << "\n\n  5999999   99999\nready   \n";
    const OsAccount account = must(OsAccount::for_server(directory() / "cluster"));
    if (!account.is_ours()) {
      CPPUNIT_ASSERT_EQUAL(0, ::chown(file.c_str(), account.uid, account.gid));
    }
    fs::permissions(file, fs::perms(0600));
  }

  void stops_a_server_that_was_left_running() {
    make_cluster();
    auto cluster = std::make_unique<PostgresCluster>(directory(), settings().binaries);
    must(cluster->prepare());
    auto left =
        must(ServerProcess::start(cluster->command({}), cluster->account(), cluster->log()));
    CPPUNIT_ASSERT(
        eventually(30s, [&] { return fs::exists(directory() / "cluster" / "postmaster.pid"); }));
    cluster.reset();  // its daemon is gone, and with it the lock
    EmbeddedPostgres server(settings());
    must(server.start());
    CPPUNIT_ASSERT_EQUAL(std::string("exit code 0"), left.wait(10s).value_or("still runs"));
    CPPUNIT_ASSERT(answers(server));
  }

  void a_second_daemon_is_refused() {
    make_cluster();
    EmbeddedPostgres server(settings());
    must(server.start());
    EmbeddedPostgres second(settings());
    const auto refused = second.start();
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT(answers(server));
  }

  void a_long_path_works() {
    EmbeddedPostgresSettings settings = this->settings();
    settings.directory = top_->path() / std::string(60, 'l') / std::string(60, 'o') / "it's, so";
    EmbeddedPostgres server(settings);
    must(server.start());
    CPPUNIT_ASSERT(answers(server));
  }

  void does_not_run_as_root() {
    make_cluster();
    EmbeddedPostgres server(settings());
    must(server.start());
    struct stat stat {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(("/proc/" + std::to_string(server.pid())).c_str(), &stat));
    CPPUNIT_ASSERT(stat.st_uid != 0);
    std::ifstream status("/proc/" + std::to_string(server.pid()) + "/status");
    const std::string text(std::istreambuf_iterator<char>(status), {});
    CPPUNIT_ASSERT(text.find("CapEff:\t0000000000000000") != std::string::npos);
  }

  void names_the_directory_that_cannot_be_entered() {
    if (::geteuid() != 0) return;  // our own account can enter what it made
    fs::permissions(top_->path(), fs::perms(0700));
    EmbeddedPostgres server(settings());
    const auto refused = server.start();
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kDenied);
    CPPUNIT_ASSERT(refused.error().message.starts_with(top_->path().string() + ": "));
    CPPUNIT_ASSERT(refused.error().message.find("chmod o+x") != std::string::npos);
  }

  void the_server_goes_with_the_thread_that_started_it() {
    const OsAccount account = must(OsAccount::for_server("/nonexistent"));
    std::optional<ServerProcess> process;
    std::thread starter([&] {
      process.emplace(
          must(ServerProcess::start({"/bin/sleep", "600"}, account, top_->path() / "log")));
    });
    starter.join();
    CPPUNIT_ASSERT_EQUAL(std::string("signal 2"), process->wait(10s).value_or("still runs"));
  }

  void another_version_is_named() {
    make_cluster();
    std::ofstream(directory() / "cluster" / "PG_VERSION") << "9\n";
    EmbeddedPostgres server(settings());
    const auto refused = server.start();
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT(refused.error().message.find("PostgreSQL 9") != std::string::npos);
  }

  void no_binaries_are_named() {
    EmbeddedPostgresSettings settings = this->settings();
    settings.binaries = top_->path() / "none";
    EmbeddedPostgres server(settings);
    const auto refused = server.start();
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kNotFound);
  }

  void a_program_that_cannot_start_says_why() {
    const OsAccount account = must(OsAccount::for_server("/nonexistent"));
    const auto missing = ServerProcess::start({"/no/such/program"}, account, top_->path() / "log");
    CPPUNIT_ASSERT_EQUAL(std::string("/no/such/program: No such file or directory"),
                         missing.error().message);
  }

  void a_server_that_cannot_start_shows_its_log() {
    make_cluster();
    EmbeddedPostgresSettings settings = this->settings();
    settings.server_settings = {{"shared_buffers", "plenty"}};
    EmbeddedPostgres server(settings);
    const auto refused = server.start();
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().message.find("shared_buffers") != std::string::npos);
  }

  std::optional<test::TempDir> top_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(EmbeddedPostgresTest);
}  // namespace muster
