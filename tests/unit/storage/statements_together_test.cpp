// Connection::exec_together: several statements in one round trip and one transaction.
#include <cppunit/extensions/HelperMacros.h>
#include <signal.h>

#include "aggregator/storage/transaction.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;

class StatementsTogetherTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(StatementsTogetherTest);
  CPPUNIT_TEST(the_rows_are_those_of_the_last);
  CPPUNIT_TEST(they_are_one_transaction);
  CPPUNIT_TEST(inside_a_transaction_they_belong_to_it);
  CPPUNIT_TEST(the_first_error_is_told);
  CPPUNIT_TEST(much_both_ways);
  CPPUNIT_TEST(a_stopped_backend_meets_the_deadline);
  CPPUNIT_TEST(a_backend_killed_in_between_is_noticed);
  CPPUNIT_TEST_SUITE_END();

  const test::TestDatabase database_{test::TestDatabase::Content::kEmpty};

  void the_rows_are_those_of_the_last() {
    Connection connection = database_.connect();
    const Rows rows =
        must(connection.exec_together({{"SELECT 1", {}}, {"SELECT $1::int + 1", {41}}}));
    CPPUNIT_ASSERT_EQUAL(1, rows.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{42}, rows.integer(0, 0));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, must(connection.exec("SELECT 7")).integer(0, 0));
  }

  void they_are_one_transaction() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TABLE t (a int)"));
    const std::string insert = "INSERT INTO t VALUES (1)";
    CPPUNIT_ASSERT(!connection.exec_together({{insert, {}}, {"SELECT 1/0", {}}}));
    CPPUNIT_ASSERT(!connection.in_transaction());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, database_.number("SELECT count(*) FROM t"));
    must(connection.exec_together({{insert, {}}, {insert, {}}}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, database_.number("SELECT count(*) FROM t"));
  }

  void inside_a_transaction_they_belong_to_it() {
    Connection connection = database_.connect();
    must(connection.exec("CREATE TABLE t (a int)"));
    {
      const auto transaction = must(Transaction::begin(connection, {"SELECT 1", {}}));
      CPPUNIT_ASSERT(connection.in_transaction());
      must(connection.exec_together({{"INSERT INTO t VALUES (1)", {}}, {"SELECT 1", {}}}));
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, database_.number("SELECT count(*) FROM t"));
    CPPUNIT_ASSERT(!Transaction::begin(connection, {"SELECT 1/0", {}}));
    CPPUNIT_ASSERT(!connection.in_transaction() && !connection.broken());
  }

  void the_first_error_is_told() {
    Connection connection = database_.connect();
    const auto refused =
        connection.exec_together({{"SELECT 1", {}}, {"SELECT 1/0", {}}, {"SELECT nothing", {}}});
    CPPUNIT_ASSERT_EQUAL(std::string("22012"), refused.error().sqlstate);
    CPPUNIT_ASSERT(!connection.broken());
  }

  void much_both_ways() {
    Connection connection = database_.connect();
    const std::string text(8'000'000, 'x');
    const Statement echo{"SELECT $1::text", {text}};
    const Rows rows = must(connection.exec_together({echo, echo, echo}));
    CPPUNIT_ASSERT_EQUAL(text.size(), rows.text(0, 0).size());
  }

  void a_stopped_backend_meets_the_deadline() {
    Connection connection = database_.connect();
    connection.set_deadline(200ms);
    ::kill(connection.backend_pid(), SIGSTOP);
    const auto answer = connection.exec_together({{"SELECT 1", {}}, {"SELECT 2", {}}});
    ::kill(connection.backend_pid(), SIGCONT);
    CPPUNIT_ASSERT(answer.error().code == ErrorCode::kTimeout);
    CPPUNIT_ASSERT(connection.broken());
  }

  void a_backend_killed_in_between_is_noticed() {
    Connection connection = database_.connect();
    const auto answer =
        connection.exec_together({{"SELECT 1", {}},
                                  {"SELECT pg_terminate_backend(pg_backend_pid())", {}},
                                  {"SELECT 2", {}}});
    CPPUNIT_ASSERT(answer.error().code == ErrorCode::kUnavailable);
    CPPUNIT_ASSERT(connection.broken());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StatementsTogetherTest);
}  // namespace muster
