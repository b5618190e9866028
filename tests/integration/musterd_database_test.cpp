// The database dies, is late, or belongs to somebody else: what musterd then does.
#include <signal.h>

#include "tests/integration/musterd_suite.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;

class MusterdDatabaseTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdDatabaseTest);
  CPPUNIT_TEST(survives_the_death_of_its_database);
  CPPUNIT_TEST(uses_a_database_of_somebody_else);
  CPPUNIT_TEST(waits_for_a_database_that_is_late);
  CPPUNIT_TEST(can_be_stopped_while_it_waits);
  CPPUNIT_TEST_SUITE_END();

  static std::int64_t rows_of(const std::string& conninfo, const std::string& server) {
    Connection connection = must(Connection::open({conninfo}));
    return must(connection.exec("SELECT count(*) FROM server_health_checks "
                                "JOIN managed_servers USING (server_key) WHERE name = $1",
                                {server}))
        .integer(0, 0);
  }

  static EmbeddedPostgresSettings cluster_in(const StateFolder& folder) {
    EmbeddedPostgresSettings settings;
    settings.directory = folder.path() / "postgres";
    settings.server_settings = {{"fsync", "off"}};
    return settings;
  }

  // libpq takes the host from the query before it looks at the authority.
  static std::string url_of(const StateFolder& folder) {
    return "url: \"postgresql://muster@localhost:5432/muster?host=" +
           (folder.path() / "postgres").string() + "\"";
  }

  void survives_the_death_of_its_database() {
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe});
    daemon.start();
    ChangingServer server;
    daemon.add_server("recorded", server.url());
    const auto wait_until_stored = [&] {
      const int answered = server.requests();
      CPPUNIT_ASSERT_MESSAGE(daemon.log(), eventually(kPatience, [&] {
                               return rows_of(state.conninfo(), "recorded") >= answered;
                             }));
    };
    wait_until_stored();
    const pid_t postmaster = postgres_processes(state).front();
    ::kill(postmaster, SIGKILL);
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return daemon.ready_status() == 503; }));
    CPPUNIT_ASSERT(daemon.wait_until_ready());
    CPPUNIT_ASSERT(postgres_processes(state).front() != postmaster);
    const int requests = server.requests();
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return server.requests() > requests; }));
    wait_until_stored();
    CPPUNIT_ASSERT(rows_of(state.conninfo(), "recorded") <= server.requests());  // none twice
    CPPUNIT_ASSERT_EQUAL(0.0, daemon.metric("muster_writer_lost_rows_total"));
    CPPUNIT_ASSERT_EQUAL(0.0, daemon.metric(R"(muster_spool_dropped_rows_total{full="queue"})"));
  }

  void uses_a_database_of_somebody_else() {
    const StateFolder folder;
    EmbeddedPostgres cluster(cluster_in(folder));
    must(cluster.start());
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe, url_of(folder)});
    daemon.start();
    CPPUNIT_ASSERT(!std::filesystem::exists(state.path() / "postgres"));
    ChangingServer server;
    daemon.add_server("outside", server.url());
    CPPUNIT_ASSERT(eventually(
        kPatience, [&] { return rows_of(cluster.connection_string(), "outside") >= 2; }));
    CPPUNIT_ASSERT_EQUAL(0, daemon.stop().value_or(-1));
    CPPUNIT_ASSERT(Connection::open({cluster.connection_string()}).has_value());
  }

  void waits_for_a_database_that_is_late() {
    const StateFolder folder;
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe, url_of(folder)});
    daemon.launch();
    CPPUNIT_ASSERT(daemon.process().wait_for_line("database.unreachable", kPatience));
    CPPUNIT_ASSERT(daemon.ready_status() != 200);
    EmbeddedPostgres cluster(cluster_in(folder));
    must(cluster.start());
    CPPUNIT_ASSERT_MESSAGE(daemon.log(), daemon.wait_until_ready());
    CPPUNIT_ASSERT_EQUAL(0, daemon.stop().value_or(-1));  // before its database goes
  }

  void can_be_stopped_while_it_waits() {
    const StateFolder folder;
    const StateFolder state;
    Daemon daemon(state.path(), {kHealthProbe, url_of(folder)});
    daemon.launch();
    CPPUNIT_ASSERT(daemon.process().wait_for_line("database.unreachable", kPatience));
    const auto begin = std::chrono::steady_clock::now();
    CPPUNIT_ASSERT_EQUAL_MESSAGE(daemon.log(), 0, daemon.stop().value_or(-1));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 10s);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdDatabaseTest);
}  // namespace muster
