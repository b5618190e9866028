#include "common/model/known_health.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class KnownHealthTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KnownHealthTest);
  CPPUNIT_TEST(tells_of_the_newest_change);
  CPPUNIT_TEST(what_the_database_knows_is_not_newer);
  CPPUNIT_TEST(a_fault_of_our_own_keeps_what_it_hid);
  CPPUNIT_TEST(a_fault_of_our_own_hides_what_the_database_knows);
  CPPUNIT_TEST(what_comes_back_is_hidden_no_more);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    server_.known_state = HealthState::kHealthy;
    server_.known_slot_ms = 5'000;
  }

 private:
  void see(std::int64_t second, HealthState to, bool announced = true) {
    const WallTime at{std::chrono::seconds(second)};
    known_.see({HealthState::kHealthy, to, FailureReason::kTimeoutConnect, "silent", at,
                second * 1'000, announced});
  }

  const Server& told() {
    known_.tell(server_);
    return server_;
  }

  void tells_of_the_newest_change() {
    see(8, HealthState::kCritical);
    see(6, HealthState::kDegraded);
    CPPUNIT_ASSERT(known_.is_newer_than(server_));
    CPPUNIT_ASSERT(told().known_state == HealthState::kCritical);
    CPPUNIT_ASSERT(server_.known_since == WallTime(std::chrono::seconds(8)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{8'000}, server_.known_slot_ms);
    CPPUNIT_ASSERT(server_.known_reason == FailureReason::kTimeoutConnect);
    CPPUNIT_ASSERT_EQUAL(std::string("silent"), server_.known_words->message);
    CPPUNIT_ASSERT(!server_.known_before);
  }

  void what_the_database_knows_is_not_newer() {
    see(4, HealthState::kDegraded);
    see(5, HealthState::kCritical);
    CPPUNIT_ASSERT(!known_.is_newer_than(server_));
    see(6, HealthState::kHealthy);
    CPPUNIT_ASSERT(known_.is_newer_than(server_));
  }

  void a_fault_of_our_own_keeps_what_it_hid() {
    see(6, HealthState::kCritical);
    see(7, HealthState::kUnknown, false);
    see(8, HealthState::kUnknown, false);
    CPPUNIT_ASSERT(told().known_state == HealthState::kUnknown);
    CPPUNIT_ASSERT(server_.announced_state() == HealthState::kCritical);
  }

  void a_fault_of_our_own_hides_what_the_database_knows() {
    see(4, HealthState::kCritical);  // which the database has been told, and of more since
    see(7, HealthState::kUnknown, false);
    CPPUNIT_ASSERT(told().known_state == HealthState::kUnknown);
    CPPUNIT_ASSERT(server_.announced_state() == HealthState::kHealthy);
  }

  void what_comes_back_is_hidden_no_more() {
    see(6, HealthState::kUnknown, false);
    see(7, HealthState::kHealthy, false);
    CPPUNIT_ASSERT(told().known_state == HealthState::kHealthy && !server_.known_before);
  }

  KnownHealth known_;
  Server server_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(KnownHealthTest);
}  // namespace muster
