#include "common/base/log_gate.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;

class LogGateTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LogGateTest);
  CPPUNIT_TEST(lets_one_through_a_minute);
  CPPUNIT_TEST_SUITE_END();

  void lets_one_through_a_minute() {
    LogGate gate;
    const auto begin = LogGate::Clock::now();
    int lines = 0;
    for (auto at = 0s; at < 180s; at += 1s) lines += gate.opens(begin + at) ? 1 : 0;
    CPPUNIT_ASSERT_EQUAL(3, lines);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(LogGateTest);
}  // namespace muster
