#include "aggregator/schedule/phase.h"

#include <cppunit/extensions/HelperMacros.h>

#include <array>

namespace muster {
using namespace std::chrono_literals;

class PhaseTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PhaseTest);
  CPPUNIT_TEST(is_the_same_in_every_build_and_run);
  CPPUNIT_TEST(spreads_a_fleet_evenly);
  CPPUNIT_TEST(next_slot_is_later_and_in_phase);
  CPPUNIT_TEST_SUITE_END();

  void is_the_same_in_every_build_and_run() {
    const Uuid id = *Uuid::parse("6f1c0f9e-0d1b-4a53-9a54-0e6a8a9b7c11");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2926}, std::int64_t{phase_of(id, "health", 30s).count()});
    CPPUNIT_ASSERT(phase_of(id, "health", 30s) != phase_of(id, "metrics", 30s));
  }

  void spreads_a_fleet_evenly() {
    constexpr int kServers = 30'000;
    std::array<int, 30> seconds{};
    for (int i = 0; i < kServers; ++i) {
      Uuid id;
      id.bytes[0] = static_cast<std::uint8_t>(i);
      id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
      ++seconds[phase_of(id, "health", 30s) / 1s];
    }
    for (const int count : seconds) {
      CPPUNIT_ASSERT(count > kServers / 30 * 8 / 10);
      CPPUNIT_ASSERT(count < kServers / 30 * 12 / 10);
    }
  }

  void next_slot_is_later_and_in_phase() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{60'007}, next_slot(30'007, 7ms, 30s));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{60'007}, next_slot(30'008, 7ms, 30s));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{30'007}, next_slot(30'006, 7ms, 30s));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PhaseTest);
}  // namespace muster
