#include "plugins/shared/faults.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using probes::Faults;

class FaultsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FaultsTest);
  CPPUNIT_TEST(what_was_seen_counts_more_than_what_was_not);
  CPPUNIT_TEST(our_own_fault_is_no_evidence);
  CPPUNIT_TEST(names_are_told_by_status);
  CPPUNIT_TEST_SUITE_END();

  void what_was_seen_counts_more_than_what_was_not() {
    Faults faults;
    faults.judged(MUSTER_OK, "well");
    CPPUNIT_ASSERT(faults.none());
    faults.judged(MUSTER_UNKNOWN, "dark");
    CPPUNIT_ASSERT_EQUAL(muster_reason{MUSTER_REASON_NONE}, faults.reason());
    faults.judged(MUSTER_WARNING, "so so");
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, faults.status());
    CPPUNIT_ASSERT_EQUAL(muster_reason{MUSTER_REASON_REPORTED_UNHEALTHY}, faults.reason());
    faults.failed(MUSTER_REASON_REFUSED, "shut");
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, faults.status());
    CPPUNIT_ASSERT_EQUAL(std::string("shut; so so; dark"), faults.message());
  }

  void our_own_fault_is_no_evidence() {
    for (const muster_reason ours :
         {MUSTER_REASON_SELF, MUSTER_REASON_SELF_OVERLOAD, MUSTER_REASON_ADDRESS_DENIED,
          MUSTER_REASON_CANCELLED, MUSTER_REASON_PLUGIN, MUSTER_REASON_AUTH}) {
      CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_UNKNOWN}, sdk::status_without_answer(ours));
    }
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, sdk::status_without_answer(MUSTER_REASON_NONE));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL},
                         sdk::status_without_answer(MUSTER_REASON_DNS_FAILED));
  }

  void names_are_told_by_status() {
    Faults faults;
    faults.judged(MUSTER_WARNING, "a");
    CPPUNIT_ASSERT_EQUAL(std::string("warning: a"), faults.message_by_status("failed"));
    faults.judged(MUSTER_CRITICAL, "b");
    faults.judged(MUSTER_CRITICAL, "c");
    CPPUNIT_ASSERT_EQUAL(std::string("failed: b; c; warning: a"),
                         faults.message_by_status("failed"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FaultsTest);
}  // namespace muster
