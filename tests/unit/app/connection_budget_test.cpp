#include "aggregator/app/connection_budget.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>

namespace muster {

// Works on this program's own limit and puts it back. The hard limit stays, for only root could
// raise it again.
class ConnectionBudgetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectionBudgetTest);
  CPPUNIT_TEST(raises_the_soft_limit);
  CPPUNIT_TEST(gives_what_was_wanted_if_it_can);
  CPPUNIT_TEST(keeps_files_for_the_daemon_itself);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { ::getrlimit(RLIMIT_NOFILE, &before_); }
  void tearDown() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  void raises_the_soft_limit() {
    rlimit low = before_;
    low.rlim_cur = 128;
    ::setrlimit(RLIMIT_NOFILE, &low);
    connection_budget(0, 16);
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    CPPUNIT_ASSERT_EQUAL(before_.rlim_max, now.rlim_cur);
  }

  void gives_what_was_wanted_if_it_can() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{50}, connection_budget(50, 16));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, connection_budget(1, 16));
  }

  void keeps_files_for_the_daemon_itself() {
    const std::size_t most = connection_budget(0, 16);
    CPPUNIT_ASSERT(most >= 64);
    CPPUNIT_ASSERT_EQUAL(most, connection_budget(2'000'000'000, 16));
    if (most > 10'000) CPPUNIT_ASSERT_EQUAL(most - 2'000, connection_budget(0, 1'016));
    CPPUNIT_ASSERT(connection_budget(0, 1'000'000'000) == 64);  // never nothing
  }

  rlimit before_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionBudgetTest);
}  // namespace muster
