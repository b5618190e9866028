#include "common/model/failure_reason.h"

#include <cppunit/extensions/HelperMacros.h>

#include <set>
#include <string>

namespace muster {

class FailureReasonTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FailureReasonTest);
  CPPUNIT_TEST(each_has_a_name_of_its_own);
  CPPUNIT_TEST(names_stand_at_their_numbers);
  CPPUNIT_TEST(other_numbers_are_none);
  CPPUNIT_TEST(an_answer_of_any_kind_is_not_unreachable);
  CPPUNIT_TEST_SUITE_END();

  void each_has_a_name_of_its_own() {
    std::set<std::string_view> names;
    int number = 0;
    for (; failure_reason_from(number); ++number) {
      const std::string_view name = to_string(*failure_reason_from(number));
      CPPUNIT_ASSERT_MESSAGE(std::to_string(number), !name.empty());
      CPPUNIT_ASSERT_MESSAGE(
          std::string(name),
          name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
      CPPUNIT_ASSERT_MESSAGE(std::string(name), names.insert(name).second);
    }
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(FailureReason::kSelf) + 1, number);
  }

  // The numbers are stored: a name that slipped by one would rewrite history.
  void names_stand_at_their_numbers() {
    const auto name = [](int number) { return std::string(to_string(FailureReason(number))); };
    CPPUNIT_ASSERT_EQUAL(std::string("none"), name(0));
    CPPUNIT_ASSERT_EQUAL(std::string("refused"), name(2));
    CPPUNIT_ASSERT_EQUAL(std::string("timeout_response"), name(6));
    CPPUNIT_ASSERT_EQUAL(std::string("bad_document"), name(13));
    CPPUNIT_ASSERT_EQUAL(std::string("reported_unhealthy"), name(18));
    CPPUNIT_ASSERT_EQUAL(std::string("address_denied"), name(22));
    CPPUNIT_ASSERT_EQUAL(std::string("redirect"), name(25));
    CPPUNIT_ASSERT_EQUAL(std::string("self"), name(26));
  }

  void other_numbers_are_none() {
    for (const int number : {-1, 27, 1000, -32768}) CPPUNIT_ASSERT(!failure_reason_from(number));
  }

  void an_answer_of_any_kind_is_not_unreachable() {
    for (const auto reason :
         {FailureReason::kNone, FailureReason::kStatusCode, FailureReason::kBadDocument,
          FailureReason::kBodyTooLarge, FailureReason::kAuth, FailureReason::kReportedUnhealthy,
          FailureReason::kNotFound, FailureReason::kRateLimited, FailureReason::kRedirect,
          FailureReason::kSelfOverload, FailureReason::kAddressDenied, FailureReason::kCancelled,
          FailureReason::kPlugin, FailureReason::kSelf}) {
      CPPUNIT_ASSERT_MESSAGE(std::string(to_string(reason)), !means_unreachable(reason));
    }
    for (const auto reason :
         {FailureReason::kDnsFailed, FailureReason::kRefused, FailureReason::kTimeoutConnect,
          FailureReason::kTimeoutResponse, FailureReason::kTlsUntrusted, FailureReason::kReset}) {
      CPPUNIT_ASSERT_MESSAGE(std::string(to_string(reason)), means_unreachable(reason));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FailureReasonTest);
}  // namespace muster
