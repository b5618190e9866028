#include "tests/simfleet/rules.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace sim;

class RulesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RulesTest);
  CPPUNIT_TEST(reads_ranges);
  CPPUNIT_TEST(refuses_what_is_no_range);
  CPPUNIT_TEST(reads_rules);
  CPPUNIT_TEST(refuses_rules_that_could_leave_loopback);
  CPPUNIT_TEST(the_first_match_wins);
  CPPUNIT_TEST_SUITE_END();

  static bool contains(const char* range, const char* address) {
    return AddressRange::parse(range)->contains(*parse_address(address));
  }

  void reads_ranges() {
    CPPUNIT_ASSERT(contains("127.1.0.0/16", "127.1.255.255"));
    CPPUNIT_ASSERT(!contains("127.1.0.0/16", "127.2.0.0"));
    CPPUNIT_ASSERT(contains("127.1.2.3/16", "127.1.0.0"));
    CPPUNIT_ASSERT(contains("127.0.0.9", "127.0.0.9"));
    CPPUNIT_ASSERT(!contains("127.0.0.9", "127.0.0.8"));
    CPPUNIT_ASSERT(contains("0.0.0.0/0", "127.0.0.8"));
    CPPUNIT_ASSERT_EQUAL(std::string("127.4.3.2"), address_text(*parse_address("127.4.3.2")));
  }

  void refuses_what_is_no_range() {
    for (const char* text : {"", "127", "127.0.0.1/", "127.0.0.1/33", "127.0.0.1/-1", "127.0.0/8",
                             "::1", "127.0.0.1/8x", "localhost"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !AddressRange::parse(text));
    }
  }

  void reads_rules() {
    const auto slow = parse_behaviour_rule("127.7.0.0/16=slow:250");
    CPPUNIT_ASSERT(slow.has_value());
    CPPUNIT_ASSERT((slow->meaning == Behaviour{BehaviourKind::kSlow, 250, {}}));
    const auto elsewhere = parse_behaviour_rule("127.7.0.1=redirect:http://127.0.0.1/?a=b");
    CPPUNIT_ASSERT_EQUAL(std::string("http://127.0.0.1/?a=b"), elsewhere->meaning.url);
    const auto expired = parse_certificate_rule("127.8.0.0/16=expired");
    CPPUNIT_ASSERT(expired->meaning == CertificateKind::kExpired);
    CPPUNIT_ASSERT(!parse_certificate_rule("127.8.0.0/16=hang"));
    CPPUNIT_ASSERT(!parse_behaviour_rule("127.8.0.0/16"));
    CPPUNIT_ASSERT(!parse_behaviour_rule("127.8.0.0/16="));
  }

  void refuses_rules_that_could_leave_loopback() {
    for (const char* text : {"10.0.0.0/8=hang", "0.0.0.0/0=hang", "127.0.0.0/7=hang"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_behaviour_rule(text));
    }
  }

  void the_first_match_wins() {
    const std::vector<BehaviourRule> rules{*parse_behaviour_rule("127.1.0.1=drip"),
                                           *parse_behaviour_rule("127.1.0.0/16=hang")};
    CPPUNIT_ASSERT(first_match(rules, *parse_address("127.1.0.1"))->kind == BehaviourKind::kDrip);
    CPPUNIT_ASSERT(first_match(rules, *parse_address("127.1.0.2"))->kind == BehaviourKind::kHang);
    CPPUNIT_ASSERT(first_match(rules, *parse_address("127.2.0.1")) == nullptr);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RulesTest);
}  // namespace muster
