#include "aggregator/app/connection_budget.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>

#include <algorithm>

namespace muster {

// Works on this program's own limit and puts it back. The hard limit stays, for only root could
// raise it again.
class ConnectionBudgetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectionBudgetTest);
  CPPUNIT_TEST(raises_the_soft_limit);
  CPPUNIT_TEST(gives_what_was_wanted_if_it_can);
  CPPUNIT_TEST(keeps_files_for_the_daemon_itself);
  CPPUNIT_TEST(gives_the_api_a_quarter_at_most);
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
    const ConnectionBudget small = connection_budget(50, 16);
    CPPUNIT_ASSERT_EQUAL(std::size_t{50}, small.probes);
    CPPUNIT_ASSERT_EQUAL(std::size_t{16}, small.api);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, connection_budget(1, 16).probes);
  }

  void keeps_files_for_the_daemon_itself() {
    const std::size_t most = connection_budget(0, 16).probes;
    CPPUNIT_ASSERT(most >= 64);
    CPPUNIT_ASSERT_EQUAL(most, connection_budget(2'000'000'000, 16).probes);
    if (most > 10'000) CPPUNIT_ASSERT_EQUAL(most - 2'000, connection_budget(0, 2'016).probes);
  }

  void gives_the_api_a_quarter_at_most() {
    const std::size_t files = std::min<rlim_t>(before_.rlim_max, 1'000'000);
    const ConnectionBudget budget = connection_budget(0, 1'000'000'000);
    CPPUNIT_ASSERT_EQUAL(files / 4, budget.api);
    CPPUNIT_ASSERT(budget.probes >= 64);  // never nothing
  }

  rlimit before_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionBudgetTest);
}  // namespace muster
