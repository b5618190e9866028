#include "aggregator/storage/connection.h"

#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>

#include <thread>

#include "aggregator/storage/copy_writer.h"
#include "aggregator/storage/transaction.h"
#include "tests/support/deaf_port.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class ConnectionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectionTest);
  CPPUNIT_TEST(what_comes_again_is_prepared);
  CPPUNIT_TEST(a_statement_that_fails_goes_on_failing);
  CPPUNIT_TEST(has_the_session_settings);
  CPPUNIT_TEST(an_error_carries_its_sqlstate);
  CPPUNIT_TEST(a_failed_statement_leaves_it_usable);
  CPPUNIT_TEST(a_stopped_backend_meets_the_deadline);
  CPPUNIT_TEST(a_killed_backend_is_noticed);
  CPPUNIT_TEST(the_servers_timeout_keeps_the_connection);
  CPPUNIT_TEST(a_transaction_without_commit_is_rolled_back);
  CPPUNIT_TEST(commit_of_a_failed_transaction_fails);
  CPPUNIT_TEST(copies_every_type);
  CPPUNIT_TEST(a_copy_of_many_megabytes_arrives);
  CPPUNIT_TEST(a_refused_copy_leaves_it_usable);
  CPPUNIT_TEST(streams_out_and_in);
  CPPUNIT_TEST(a_source_that_fails_undoes_the_copy);
  CPPUNIT_TEST(a_sink_that_fails_breaks_the_connection);
  CPPUNIT_TEST(a_refused_stream_leaves_it_usable);
  CPPUNIT_TEST(a_stream_lasts_longer_than_its_deadline_but_no_pause_does);
  CPPUNIT_TEST(gives_up_when_it_is_told_to);
  CPPUNIT_TEST(nobody_listening_is_unavailable);
  CPPUNIT_TEST(takes_a_url);
  CPPUNIT_TEST(a_refusal_at_connecting_carries_its_sqlstate);
  CPPUNIT_TEST(a_host_that_says_nothing_does_not_hide_the_next);
  CPPUNIT_TEST(commits_are_durable);
  CPPUNIT_TEST_SUITE_END();

  void what_comes_again_is_prepared() {
    TestDatabase database;
    Connection connection = database.connect();
    must(connection.exec("CREATE TABLE t (a int)"));
    for (int i = 0; i < 6; ++i) {
      must(connection.exec("INSERT INTO t VALUES ($1)", {i}));
      auto together = connection.exec_together(
          {{"SELECT count(*) FROM t", {}}, {"SELECT max(a) FROM t WHERE a <= $1", {i}}});
      CPPUNIT_ASSERT_EQUAL(std::int64_t{i}, must(std::move(together)).integer(0, 0));
    }
    const Rows prepared = must(connection.exec("SELECT count(*) FROM pg_prepared_statements"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, prepared.integer(0, 0));
    must(connection.exec("ALTER TABLE t ADD b text"));
    CPPUNIT_ASSERT(connection.exec("INSERT INTO t VALUES ($1)", {7}));
  }

  void a_statement_that_fails_goes_on_failing() {
    TestDatabase database;
    Connection connection = database.connect();
    for (int i = 0; i < 5; ++i) {
      CPPUNIT_ASSERT_EQUAL(std::string("42P01"),
                           connection.exec("SELECT * FROM no").error().sqlstate);
      CPPUNIT_ASSERT(!connection.exec_together({{"SELECT 1", {}}, {"SELECT * FROM no", {}}}));
    }
    must(connection.exec("CREATE TABLE no (a int)"));
    CPPUNIT_ASSERT(connection.exec("SELECT * FROM no"));
  }

  void has_the_session_settings() {
    Connection connection = database_.connect();
    const Rows rows = must(connection.exec(
        "SELECT current_setting('timezone'), current_setting('plan_cache_mode'), "
        "current_setting('application_name'), current_setting('statement_timeout')"));
    CPPUNIT_ASSERT_EQUAL(std::string("UTC"), std::string(rows.text(0, 0)));
    CPPUNIT_ASSERT_EQUAL(std::string("force_custom_plan"), std::string(rows.text(0, 1)));
    CPPUNIT_ASSERT_EQUAL(std::string("musterd"), std::string(rows.text(0, 2)));
    CPPUNIT_ASSERT_EQUAL(std::string("30s"), std::string(rows.text(0, 3)));
  }

  void an_error_carries_its_sqlstate() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TEMP TABLE t (a int CONSTRAINT t_a_key UNIQUE)"));
    must(connection.exec("INSERT INTO t VALUES (1)"));
    const auto twice = connection.exec("INSERT INTO t VALUES ($1)", {1});
    CPPUNIT_ASSERT(!twice);
    CPPUNIT_ASSERT_EQUAL(std::string("23505"), twice.error().sqlstate);
    CPPUNIT_ASSERT_EQUAL(std::string("t_a_key"), twice.error().constraint);
    CPPUNIT_ASSERT(twice.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT(twice.error().is_data_error());
    const auto typo = connection.exec("SELEKT");
    CPPUNIT_ASSERT_EQUAL(std::string("42601"), typo.error().sqlstate);
    CPPUNIT_ASSERT(!typo.error().is_data_error());
  }

  void a_failed_statement_leaves_it_usable() {
    Connection connection = database_.connect();
    CPPUNIT_ASSERT(!connection.exec("SELECT 1/0"));
    CPPUNIT_ASSERT(!connection.exec_script("SELECT 1; SELECT 1/0; SELECT 2"));
    CPPUNIT_ASSERT(!connection.broken());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, must(connection.exec("SELECT 2")).integer(0, 0));
  }

  // The kernel still acknowledges what a stopped process does not read.
  void a_stopped_backend_meets_the_deadline() {
    Connection connection = database_.connect();
    const pid_t backend = connection.backend_pid();
    connection.set_deadline(200ms);
    ::kill(backend, SIGSTOP);
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = connection.exec("SELECT 1");
    const auto took = std::chrono::steady_clock::now() - begin;
    ::kill(backend, SIGCONT);
    CPPUNIT_ASSERT(!answer);
    CPPUNIT_ASSERT(answer.error().code == ErrorCode::kTimeout);
    CPPUNIT_ASSERT(took >= 200ms && took < 5s);
    CPPUNIT_ASSERT(connection.broken());
    CPPUNIT_ASSERT(connection.exec("SELECT 1").error().code == ErrorCode::kUnavailable);
  }

  void a_killed_backend_is_noticed() {
    Connection connection = database_.connect();
    CPPUNIT_ASSERT(connection.still_there());
    database_.sql("SELECT pg_terminate_backend($1)", {connection.backend_pid()});
    CPPUNIT_ASSERT(test::eventually(10s, [&] { return !connection.still_there(); }));
    CPPUNIT_ASSERT(connection.exec("SELECT 1").error().code == ErrorCode::kUnavailable);
  }

  void the_servers_timeout_keeps_the_connection() {
    ConnectionSettings settings = database_.settings();
    settings.statement_timeout = 100ms;
    Connection connection = must(Connection::open(settings));
    const auto slept = connection.exec("SELECT pg_sleep(30)");
    CPPUNIT_ASSERT(slept.error().code == ErrorCode::kTimeout);
    CPPUNIT_ASSERT(!connection.broken());
    CPPUNIT_ASSERT(connection.exec("SELECT 1"));
  }

  void a_transaction_without_commit_is_rolled_back() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TABLE t (a int)"));
    {
      auto transaction = must(Transaction::begin(connection));
      must(connection.exec("INSERT INTO t VALUES (1)"));
    }
    CPPUNIT_ASSERT(!connection.in_transaction());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, database_.number("SELECT count(*) FROM t"));
  }

  void commit_of_a_failed_transaction_fails() {
    Connection connection = database_.connect();
    auto transaction = must(Transaction::begin(connection));
    (void)connection.exec("SELECT 1/0");
    CPPUNIT_ASSERT(!transaction.commit());
    CPPUNIT_ASSERT(!connection.in_transaction());
  }

  void copies_every_type() {
    Connection connection = database_.connect();
    must(
        connection.exec("CREATE TABLE t (a smallint, b int, c bigint, d real, e \"char\", "
                        "f timestamptz, g text, h int)"));
    CopyWriter copy;
    copy.row(8);
    copy.int16(-2);
    copy.int32(-70'000);
    copy.int64(-5'000'000'000);
    copy.float32(0.5F);
    copy.character('h');
    copy.time(TestDatabase::kNow);
    copy.text("grün");
    copy.null();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         must(copy.send(connection, "COPY t FROM STDIN (FORMAT binary)")));
    const Rows rows = database_.sql("SELECT a, b, c, d, e, " + micros("f") + ", g, h FROM t");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{-2}, rows.integer(0, 0));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{-70'000}, rows.integer(0, 1));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{-5'000'000'000}, rows.integer(0, 2));
    CPPUNIT_ASSERT_EQUAL(0.5, rows.number(0, 3));
    CPPUNIT_ASSERT_EQUAL(std::string("h"), std::string(rows.text(0, 4)));
    CPPUNIT_ASSERT(rows.time(0, 5) == TestDatabase::kNow);
    CPPUNIT_ASSERT_EQUAL(std::string("grün"), std::string(rows.text(0, 6)));
    CPPUNIT_ASSERT(rows.is_null(0, 7));
  }

  void a_copy_of_many_megabytes_arrives() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TABLE t (a text)"));
    CopyWriter copy;
    const std::string text(1'000, 'x');
    for (int i = 0; i < 20'000; ++i) {
      copy.row(1);
      copy.text(text);
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20'000},
                         must(copy.send(connection, "COPY t FROM STDIN (FORMAT binary)")));
  }

  void a_refused_copy_leaves_it_usable() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TABLE t (a int CHECK (a > 0))"));
    CopyWriter copy;
    copy.row(1);
    copy.int32(-1);
    const auto refused = copy.send(connection, "COPY t FROM STDIN (FORMAT binary)");
    CPPUNIT_ASSERT_EQUAL(std::string("23514"), refused.error().sqlstate);
    copy.row(1);
    copy.int32(1);
    const auto missing = copy.send(connection, "COPY nowhere FROM STDIN (FORMAT binary)");
    CPPUNIT_ASSERT_EQUAL(std::string("42P01"), missing.error().sqlstate);
    CPPUNIT_ASSERT(connection.exec("SELECT 1"));
  }

  static constexpr const char* kMany =
      "COPY (SELECT i, repeat('x', 100) FROM generate_series(1, 100000) AS i) TO STDOUT";

  void streams_out_and_in() {
    Connection from = database_.connect();
    std::string all;
    int pieces = 0;
    const auto sent = must(from.copy_out(kMany, [&](std::string_view row) -> Result<void> {
      ++pieces;
      all += row;
      return {};
    }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{100'000}, sent);
    CPPUNIT_ASSERT_EQUAL(100'000, pieces);
    must(from.exec("CREATE TEMP TABLE t (i int, x text)"));
    std::size_t at = 0;
    const auto source = [&]() -> Result<std::string_view> {
      const auto piece = std::string_view(all).substr(at, 10'007);
      at += piece.size();
      return piece;
    };
    CPPUNIT_ASSERT_EQUAL(std::int64_t{100'000},
                         must(from.copy_in("COPY t FROM STDIN", Connection::CopySource(source))));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5'000'050'000},
                         must(from.exec("SELECT sum(i) FROM t")).integer(0, 0));
  }

  void a_source_that_fails_undoes_the_copy() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TEMP TABLE t (i int)"));
    int asked = 0;
    const auto source = [&]() -> Result<std::string_view> {
      if (++asked == 1) return std::string_view("1\n2\n");
      return fail(ErrorCode::kInvalid, "the file is damaged");
    };
    const auto copied = connection.copy_in("COPY t FROM STDIN", Connection::CopySource(source));
    CPPUNIT_ASSERT_EQUAL(std::string("the file is damaged"), copied.error().message);
    CPPUNIT_ASSERT(copied.error().sqlstate.empty());
    CPPUNIT_ASSERT(!connection.broken());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         must(connection.exec("SELECT count(*) FROM t")).integer(0, 0));
  }

  void a_sink_that_fails_breaks_the_connection() {
    Connection connection = database_.connect();
    int taken = 0;
    const auto sink = [&](std::string_view) -> Result<void> {
      if (++taken < 10) return {};
      return fail(ErrorCode::kUnavailable, "disk full");
    };
    const auto copied = connection.copy_out(kMany, sink);
    CPPUNIT_ASSERT_EQUAL(std::string("disk full"), copied.error().message);
    CPPUNIT_ASSERT_EQUAL(10, taken);
    CPPUNIT_ASSERT(connection.broken());
  }

  void a_refused_stream_leaves_it_usable() {
    Connection connection = database_.connect();
    const auto sink = [](std::string_view) -> Result<void> { return {}; };
    CPPUNIT_ASSERT_EQUAL(std::string("42P01"),
                         connection.copy_out("COPY nothing TO STDOUT", sink).error().sqlstate);
    // The error comes when rows have come already.
    const auto half = connection.copy_out(
        "COPY (SELECT 1 / (50000 - i) FROM generate_series(1, 60000) AS i) TO STDOUT", sink);
    CPPUNIT_ASSERT_EQUAL(std::string("22012"), half.error().sqlstate);
    CPPUNIT_ASSERT(!connection.broken());
    CPPUNIT_ASSERT(connection.exec("SELECT 1"));
  }

  void a_stream_lasts_longer_than_its_deadline_but_no_pause_does() {
    Connection connection = database_.connect();
    connection.set_deadline(1s);
    const auto sink = [](std::string_view) -> Result<void> { return {}; };
    // Filled up, so that each row is sent at once: 12 rows, a fifth of a second apart.
    must(
        connection.copy_out("COPY (SELECT repeat('x', 9000), pg_sleep(0.2) FROM "
                            "generate_series(1, 12)) TO STDOUT",
                            sink));
    const auto paused = connection.copy_out("COPY (SELECT pg_sleep(30)) TO STDOUT", sink);
    CPPUNIT_ASSERT(paused.error().code == ErrorCode::kTimeout);
    CPPUNIT_ASSERT(connection.broken());
  }

  void gives_up_when_it_is_told_to() {
    std::atomic<bool> asked{false};
    ConnectionSettings settings = database_.settings();
    settings.give_up = &asked;
    Connection connection = must(Connection::open(settings));
    CPPUNIT_ASSERT(connection.exec("SELECT 1"));
    std::thread teller([&] {
      test::eventually(10s, [&] {
        return database_.number(
                   "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND "
                   "wait_event = 'PgSleep'",
                   {connection.backend_pid()}) == 1;
      });
      asked = true;
    });
    const auto slept = connection.exec("SELECT pg_sleep(25)");
    teller.join();
    CPPUNIT_ASSERT(slept.error().message.find("given up") != std::string::npos);
    CPPUNIT_ASSERT(connection.broken());
  }

  void nobody_listening_is_unavailable() {
    const auto nobody = Connection::open({"host=/nowhere/at/all dbname=x user=x"});
    CPPUNIT_ASSERT(nobody.error().code == ErrorCode::kUnavailable);
  }

  void takes_a_url() {
    const std::string settings = database_.settings().conninfo;
    std::string host = settings.substr(settings.find('\'') + 1);
    host.resize(host.find('\''));
    const auto opened = Connection::open({"postgresql://muster@/postgres?host=" + host});
    CPPUNIT_ASSERT(opened);
  }

  std::string with_user(const std::string& user) {
    std::string conninfo = database_.settings().conninfo;
    return conninfo + " user=" + user;
  }

  void a_refusal_at_connecting_carries_its_sqlstate() {
    const auto refused = Connection::open({database_.settings().conninfo + " dbname=nowhere"});
    CPPUNIT_ASSERT_EQUAL(std::string("3D000"), refused.error().sqlstate);
    database_.sql("CREATE ROLE lonely LOGIN CONNECTION LIMIT 0");
    const auto crowded = Connection::open({with_user("lonely")});
    CPPUNIT_ASSERT_EQUAL(std::string("53300"), crowded.error().sqlstate);
    CPPUNIT_ASSERT(crowded.error().code == ErrorCode::kUnavailable);
    CPPUNIT_ASSERT_EQUAL(std::string::npos, crowded.error().message.find('\n'));
  }

  void a_host_that_says_nothing_does_not_hide_the_next() {
    const test::DeafPort deaf;
    const Rows where =
        database_.sql("SELECT trim(both '\"' from current_setting('unix_socket_directories'))");
    ConnectionSettings settings = database_.settings();
    settings.conninfo += " host=127.0.0.1," + std::string(where.text(0, 0)) +
                         " port=" + std::to_string(deaf.port()) + ",5432";
    settings.connect_timeout = 300ms;
    must(Connection::open(settings));
  }

  void commits_are_durable() {
    const auto commits = [&] {
      Connection connection = database_.connect();
      const Rows rows = must(connection.exec("SELECT current_setting('synchronous_commit')"));
      return std::string(rows.text(0, 0));
    };
    const auto set = [&](const std::string& value) {
      const Rows name = database_.sql("SELECT quote_ident(current_database())");
      database_.sql("ALTER DATABASE " + std::string(name.text(0, 0)) +
                    " SET synchronous_commit = " + value);
    };
    set("off");
    CPPUNIT_ASSERT_EQUAL(std::string("on"), commits());
    set("remote_write");
    CPPUNIT_ASSERT_EQUAL(std::string("remote_write"), commits());
  }

  TestDatabase database_{TestDatabase::Content::kEmpty};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionTest);
}  // namespace muster
