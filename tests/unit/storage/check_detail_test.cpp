#include "aggregator/storage/check_detail.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/clean_text.h"
#include "aggregator/storage/stored_details.h"

namespace muster {

class CheckDetailTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CheckDetailTest);
  CPPUNIT_TEST(nothing_said_is_zero);
  CPPUNIT_TEST(equal_words_have_equal_hashes);
  CPPUNIT_TEST(components_are_json);
  CPPUNIT_TEST(cleans_what_postgresql_refuses);
  CPPUNIT_TEST(remembers_a_bounded_number);
  CPPUNIT_TEST(tells_organizations_apart);
  CPPUNIT_TEST_SUITE_END();

  static CheckDetail detail(std::string message, std::vector<Component> components = {}) {
    return CheckDetail::of(*say(std::move(message), std::move(components)));
  }

  void nothing_said_is_zero() { CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, detail("").hash); }

  void equal_words_have_equal_hashes() {
    const Component database{"database", CheckStatus::kOk, ""};
    CPPUNIT_ASSERT_EQUAL(detail("x").hash, detail("x").hash);
    CPPUNIT_ASSERT(detail("x").hash != detail("y").hash);
    CPPUNIT_ASSERT(detail("x").hash != detail("x", {database}).hash);
  }

  void components_are_json() {
    const CheckDetail made = detail(
        "", {{"da\"ta", CheckStatus::kCritical, "line\nbreak"}, {"b", CheckStatus::kOk, ""}});
    CPPUNIT_ASSERT_EQUAL(
        std::string(R"([{"name":"da\"ta","status":"critical","message":"line\nbreak"},)"
                    R"({"name":"b","status":"ok","message":""}])"),
        made.components_json);
  }

  void cleans_what_postgresql_refuses() {
    using namespace std::string_literals;
    CPPUNIT_ASSERT_EQUAL(
        "a\xEF\xBF\xBD"s
        "b"s,
        clean_text("a\0b"s));
    CPPUNIT_ASSERT_EQUAL("gr\xC3\xBCn"s, clean_text("gr\xC3\xBCn"));
    CPPUNIT_ASSERT_EQUAL(
        "\xEF\xBF\xBD"s
        "x"s,
        clean_text("\xFFx"));
    CPPUNIT_ASSERT_EQUAL("\xEF\xBF\xBD"s, clean_text("\xC3"));  // cut at the end
    CPPUNIT_ASSERT_EQUAL("\xF0\x9F\x98\x80"s, clean_text("\xF0\x9F\x98\x80"));
  }

  void remembers_a_bounded_number() {
    StoredDetails stored(100);
    for (int i = 1; i <= 1'000; ++i) stored.add(1, i);
    CPPUNIT_ASSERT(stored.contains(1, 1'000));
    CPPUNIT_ASSERT(stored.contains(1, 951));
    CPPUNIT_ASSERT(!stored.contains(1, 1));
  }

  void tells_organizations_apart() {
    StoredDetails stored(100);
    stored.add(1, 42);
    CPPUNIT_ASSERT(!stored.contains(2, 42));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CheckDetailTest);
}  // namespace muster
