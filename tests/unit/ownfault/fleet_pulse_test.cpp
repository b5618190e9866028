#include "aggregator/ownfault/fleet_pulse.h"

#include <cppunit/extensions/HelperMacros.h>

#include <vector>

namespace muster {

class FleetPulseTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FleetPulseTest);
  CPPUNIT_TEST(counts_each_server_once_a_window);
  CPPUNIT_TEST(counts_those_that_turned_silent);
  CPPUNIT_TEST(who_never_answered_is_not_lost);
  CPPUNIT_TEST(who_answered_long_ago_is_not_lost_now_but_rings);
  CPPUNIT_TEST(who_answered_before_the_start_is_lost);
  CPPUNIT_TEST(two_windows_count_and_no_more);
  CPPUNIT_TEST(rings_once_until_it_is_answered);
  CPPUNIT_TEST_SUITE_END();

  void counts_each_server_once_a_window() {
    std::vector<FleetPulse::LastAnswer> servers(3, 0);
    for (int i = 0; i < 4; ++i) {
      for (auto& server : servers) pulse_.answered(server);
    }
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, pulse_.counts().answering);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{12}, pulse_.counts().results);
    pulse_.turn();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pulse_.counts().answering_now);
    pulse_.answered(servers[0]);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse_.counts().answering_now);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, pulse_.counts().answering);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{13}, pulse_.counts().answers);
  }

  void counts_those_that_turned_silent() {
    pulse_.answered(server_);
    pulse_.silent(server_, true);
    pulse_.silent(server_, false);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse_.counts().lost);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, pulse_.counts().silences);
  }

  void who_never_answered_is_not_lost() {
    pulse_.silent(server_, true);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pulse_.counts().lost);
    CPPUNIT_ASSERT(!pulse_.wakeup().answer());
  }

  void who_answered_long_ago_is_not_lost_now_but_rings() {
    pulse_.answered(server_);
    pulse_.turn();
    pulse_.turn();
    pulse_.silent(server_, true);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pulse_.counts().lost);
    CPPUNIT_ASSERT(pulse_.wakeup().answer());
  }

  void who_answered_before_the_start_is_lost() {
    for (int i = 0; i < 5; ++i) pulse_.turn();
    pulse_.silent(FleetPulse::kExpected, true);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse_.counts().lost);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse_.counts().answering);
  }

  void two_windows_count_and_no_more() {
    pulse_.answered(server_);
    pulse_.silent(server_, true);
    pulse_.overloaded();
    pulse_.turn();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse_.counts().lost);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, pulse_.counts().overloaded);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, pulse_.counts().results);
    pulse_.turn();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pulse_.counts().lost);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pulse_.counts().overloaded);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, pulse_.counts().results);
  }

  void rings_once_until_it_is_answered() {
    pulse_.answered(server_);
    pulse_.silent(server_, true);
    pulse_.silent(server_, true);
    CPPUNIT_ASSERT(pulse_.wakeup().answer());
    CPPUNIT_ASSERT(!pulse_.wakeup().answer());
    pulse_.silent(server_, true);
    CPPUNIT_ASSERT(pulse_.wakeup().answer());
  }

  FleetPulse pulse_;
  FleetPulse::LastAnswer server_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FleetPulseTest);
}  // namespace muster
