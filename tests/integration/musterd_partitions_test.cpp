// History grows too old: musterd archives it by itself, and a person brings it back by one command.
#include "tests/integration/musterd_suite.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace fs = std::filesystem;

class MusterdPartitionsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdPartitionsTest);
  CPPUNIT_TEST(archives_old_history_and_brings_it_back);
  CPPUNIT_TEST(removes_old_events);
  CPPUNIT_TEST(a_command_without_its_daemon_says_so);
  CPPUNIT_TEST_SUITE_END();

  static Rows sql(const StateFolder& state, const std::string& statement) {
    const ConnectionSettings settings{state.conninfo()};
    Connection connection = must(Connection::open(settings.as("muster_owner")));
    return must(connection.exec(statement));
  }

  static std::int64_t rows(const StateFolder& state) {
    return sql(state, "SELECT count(*) FROM server_health_checks WHERE ts < '2021-01-01Z'")
        .integer(0, 0);
  }

  static void add_old_partition(const StateFolder& state) {
    sql(state,
        "CREATE TABLE muster_part.server_health_checks_2020_05 PARTITION OF server_health_checks "
        "FOR VALUES FROM ('2020-05-01Z') TO ('2020-06-01Z')");
    sql(state,
        "INSERT INTO server_health_checks (ts, detail_hash, org_id, server_key, duration_us, "
        "probe_id, reason, status, state) SELECT timestamptz '2020-05-01Z' + i * interval '1 min', "
        "0, 1, i % 7, i, 1, 0, 'o', 'h' FROM generate_series(1, 1000) AS i");
  }

  static std::int64_t events(const StateFolder& state) {
    return sql(state, "SELECT count(*) FROM fleet_events").integer(0, 0);
  }

  struct Outcome {
    int code = -1;
    std::string output;
  };

  static Outcome run(const Daemon& daemon, std::vector<std::string> words) {
    words.insert(words.end(), {"--config", daemon.config_file().string()});
    ChildProcess command(kMusterdProgram, words);
    const int code = command.wait_exit(kPatience).value_or(-1);
    return {code, command.output()};
  }

  static void expect(int code, const std::string& output, const Outcome& outcome) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(outcome.output, code, outcome.code);
    CPPUNIT_ASSERT_MESSAGE(outcome.output, outcome.output.find(output) != std::string::npos);
  }

  static void expect_metrics(Daemon& daemon) {
    const std::string table = "{table=\"server_health_checks\"}";
    CPPUNIT_ASSERT(daemon.metric("muster_partition_ahead_seconds" + table) > 80 * 86'400);
    CPPUNIT_ASSERT(daemon.metric("muster_partition_bytes" + table) > 0);
    CPPUNIT_ASSERT_EQUAL(0.0, daemon.metric("muster_partition_archive_verify_failures_total"));
    CPPUNIT_ASSERT(daemon.metric("muster_partition_maintenance_last_success_timestamp_seconds"
                                 "{table=\"server_health_checks\",step=\"archive\"}") > 1e9);
  }

  void removes_old_events() {
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    sql(state,
        "INSERT INTO fleet_events (at, org_id, kind) "
        "SELECT now() - i * interval '12 months', 1, 'x' FROM generate_series(1, 2) AS i");
    daemon.stop();
    daemon.start();  // the first round is at once
    const bool gone = eventually(kPatience, [&] { return events(state) == 1; });
    CPPUNIT_ASSERT_MESSAGE(daemon.log(), gone);
  }

  void archives_old_history_and_brings_it_back() {
    const StateFolder state;
    {
      Daemon first(state.path(), {kHealthProbe});
      first.start();
      add_old_partition(state);
    }
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    const auto of_archive = [&](const std::string& field) {
      return daemon.api("GET", kFleet + "/partitions").text("items[0].archives[0]." + field);
    };
    CPPUNIT_ASSERT_MESSAGE(daemon.log(),
                           eventually(kPatience, [&] { return of_archive("state") == "dropped"; }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, rows(state));
    const fs::path file = of_archive("file.path");
    CPPUNIT_ASSERT(file.parent_path() == state.path() / "archive");
    const auto restore = [&] { return run(daemon, {"partitions", "restore", file.string()}); };
    expect(0, "1000 rows of server_health_checks", restore());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, rows(state));
    CPPUNIT_ASSERT_EQUAL(std::string("restored"), of_archive("state"));
    expect(69, "there is a partition of that time", restore());
    expect(0, "retention is applied", run(daemon, {"partitions", "expire"}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, rows(state));  // exempt for a while
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return daemon.metric("muster_partition_bytes{table=\"server_health_checks\"}") > 0;
    }));
    expect_metrics(daemon);
  }

  void a_command_without_its_daemon_says_so() {
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start().stop();
    expect(69, "does not run; start musterd", run(daemon, {"partitions", "expire"}));
    expect(64, "there is no command \"partitions forget\"", run(daemon, {"partitions", "forget"}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdPartitionsTest);
}  // namespace muster
