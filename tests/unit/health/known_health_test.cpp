#include "aggregator/health/known_health.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class KnownHealthTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KnownHealthTest);
  CPPUNIT_TEST(goes_on_from_a_later_change);
  CPPUNIT_TEST(an_earlier_change_is_known_already);
  CPPUNIT_TEST(a_fault_of_our_own_keeps_what_it_hid);
  CPPUNIT_TEST(what_comes_back_is_hidden_no_more);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    server_.known_state = HealthState::kHealthy;
    server_.known_since = WallTime(std::chrono::seconds(5));
    server_.known_slot_ms = 5'000;
  }

 private:
  void change(std::int64_t second, HealthState to, bool announced = true) {
    const WallTime at{std::chrono::seconds(second)};
    go_on_from({server_.known_state, to, FailureReason::kNone, "", at, second * 1'000, announced},
               server_);
  }

  void goes_on_from_a_later_change() {
    change(6, HealthState::kCritical);
    CPPUNIT_ASSERT(server_.known_state == HealthState::kCritical);
    CPPUNIT_ASSERT(server_.known_since == WallTime(std::chrono::seconds(6)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{6'000}, server_.known_slot_ms);
    CPPUNIT_ASSERT(!server_.known_before);
  }

  void an_earlier_change_is_known_already() {
    change(5, HealthState::kCritical);
    CPPUNIT_ASSERT(server_.known_state == HealthState::kHealthy);
  }

  void a_fault_of_our_own_keeps_what_it_hid() {
    change(6, HealthState::kCritical);
    change(7, HealthState::kUnknown, false);
    CPPUNIT_ASSERT(server_.known_state == HealthState::kUnknown);
    CPPUNIT_ASSERT(server_.announced_state() == HealthState::kCritical);
    change(8, HealthState::kUnknown, false);
    CPPUNIT_ASSERT(server_.announced_state() == HealthState::kCritical);
  }

  void what_comes_back_is_hidden_no_more() {
    change(6, HealthState::kUnknown, false);
    change(7, HealthState::kHealthy, false);
    CPPUNIT_ASSERT(server_.known_state == HealthState::kHealthy && !server_.known_before);
    change(8, HealthState::kUnknown, false);
    change(9, HealthState::kUnreachable);
    CPPUNIT_ASSERT(server_.announced_state() == HealthState::kUnreachable);
    CPPUNIT_ASSERT(!server_.known_before);
  }

  Server server_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(KnownHealthTest);
}  // namespace muster
