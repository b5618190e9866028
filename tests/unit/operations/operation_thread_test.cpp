#include "aggregator/operations/operation_thread.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;

class OperationThreadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OperationThreadTest);
  CPPUNIT_TEST(does_what_else_is_due_between_the_turns);
  CPPUNIT_TEST_SUITE_END();

  void does_what_else_is_due_between_the_turns() {
    test::TestDatabase data;
    OperationActions actions;
    SystemClock clock;
    std::atomic<int> times{0};
    OperationThread thread(data.settings(), actions, clock, [&] { ++times; });
    thread.start();
    CPPUNIT_ASSERT(test::eventually(10s, [&] { return times >= 1; }));
    const int before = times;
    thread.wake();
    CPPUNIT_ASSERT(test::eventually(10s, [&] { return times > before; }));
    thread.stop(1s);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OperationThreadTest);
}  // namespace muster
