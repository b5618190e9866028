#include "common/net/wake_quantum.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;

class WakeQuantumTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WakeQuantumTest);
  CPPUNIT_TEST(narrows_while_many_fire_together);
  CPPUNIT_TEST(widens_again_when_few_do);
  CPPUNIT_TEST(settles_between);
  CPPUNIT_TEST(never_exceeds_a_narrow_bound);
  CPPUNIT_TEST_SUITE_END();

  // As a steady load fires, so many timers a second.
  static WakeQuantum::Span under(WakeQuantum quantum, std::size_t a_second) {
    for (int i = 0; i < 20; ++i) {
      quantum.follow(a_second * static_cast<std::size_t>(quantum.span().count()) / 1000);
    }
    return quantum.span();
  }

  void narrows_while_many_fire_together() {
    CPPUNIT_ASSERT(under(WakeQuantum(100ms), 10'000) == 5ms);
    CPPUNIT_ASSERT(under(WakeQuantum(100ms), 1'000'000) == 5ms);
  }

  void widens_again_when_few_do() {
    WakeQuantum quantum(100ms);
    for (int i = 0; i < 20; ++i) quantum.follow(1000);
    CPPUNIT_ASSERT(quantum.span() == 5ms);
    CPPUNIT_ASSERT(under(quantum, 1) == 100ms);
  }

  void settles_between() {
    CPPUNIT_ASSERT(under(WakeQuantum(100ms), 150) == 100ms);
    const auto span = under(WakeQuantum(100ms), 2'500);
    CPPUNIT_ASSERT(span > 5ms && span < 15ms);
  }

  void never_exceeds_a_narrow_bound() {
    WakeQuantum quantum(2ms);
    quantum.follow(1000);
    CPPUNIT_ASSERT(quantum.span() == 2ms);
    quantum.follow(0);
    CPPUNIT_ASSERT(quantum.span() == 2ms);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WakeQuantumTest);
}  // namespace muster
