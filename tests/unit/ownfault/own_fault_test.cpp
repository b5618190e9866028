#include "aggregator/ownfault/own_fault.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class OwnFaultTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OwnFaultTest);
  CPPUNIT_TEST(each_kind_excuses_what_it_may_have_caused);
  CPPUNIT_TEST(an_answer_is_never_excused);
  CPPUNIT_TEST(counts_what_begins);
  CPPUNIT_TEST_SUITE_END();

  using Kind = OwnFaultKind;
  using Reason = FailureReason;

  bool covers(Kind kind, Reason reason) {
    fault_.set(kind, "text");
    return fault_.covers(reason);
  }

  void each_kind_excuses_what_it_may_have_caused() {
    for (const auto reason : {Reason::kTimeoutConnect, Reason::kRefused, Reason::kDnsFailed}) {
      CPPUNIT_ASSERT(!covers(Kind::kNone, reason));
      CPPUNIT_ASSERT(covers(Kind::kSuspected, reason));
      CPPUNIT_ASSERT(covers(Kind::kNetwork, reason));
    }
    for (const auto kind : {Kind::kDns, Kind::kDescriptors}) {
      CPPUNIT_ASSERT(covers(kind, Reason::kDnsFailed));
      CPPUNIT_ASSERT(covers(kind, Reason::kTimeoutDns));
      CPPUNIT_ASSERT(!covers(kind, Reason::kTimeoutConnect));
    }
    CPPUNIT_ASSERT(covers(Kind::kDescriptors, Reason::kSelfOverload));
    CPPUNIT_ASSERT(!covers(Kind::kNetwork, Reason::kSelfOverload));
  }

  void an_answer_is_never_excused() {
    for (const auto kind : {Kind::kSuspected, Kind::kNetwork, Kind::kDns, Kind::kDescriptors}) {
      for (const auto reason : {Reason::kNone, Reason::kStatusCode, Reason::kReportedUnhealthy,
                                Reason::kAuth, Reason::kBadDocument}) {
        CPPUNIT_ASSERT(!covers(kind, reason));
      }
    }
  }

  void counts_what_begins() {
    fault_.set(Kind::kDns, "names");
    fault_.set(Kind::kDns, "more names");
    CPPUNIT_ASSERT_EQUAL(std::string("more names"), fault_.message());
    fault_.set(Kind::kNone, "");
    fault_.set(Kind::kDns, "again");
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, fault_.begun(Kind::kDns));
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, fault_.begun(Kind::kNetwork));
  }

  OwnFault fault_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(OwnFaultTest);
}  // namespace muster
