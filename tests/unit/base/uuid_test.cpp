#include "common/base/uuid.h"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

namespace muster {

class UuidTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(UuidTest);
  CPPUNIT_TEST(reads_and_writes_the_text_form);
  CPPUNIT_TEST(refuses_other_forms);
  CPPUNIT_TEST(random_ones_are_of_version_4_and_differ);
  CPPUNIT_TEST(are_ordered_by_their_bytes);
  CPPUNIT_TEST_SUITE_END();

  static inline const std::string kText = "0f8fad5b-d9cb-469f-a165-70867728950e";

  void reads_and_writes_the_text_form() {
    const auto uuid = Uuid::parse(kText);
    CPPUNIT_ASSERT(uuid.has_value());
    CPPUNIT_ASSERT_EQUAL(0x0f, int{uuid->bytes.front()});
    CPPUNIT_ASSERT_EQUAL(0x0e, int{uuid->bytes.back()});
    CPPUNIT_ASSERT_EQUAL(kText, uuid->to_string());
    CPPUNIT_ASSERT(Uuid::parse("0F8FAD5B-D9CB-469F-A165-70867728950E") == *uuid);
    CPPUNIT_ASSERT_EQUAL(std::string("00000000-0000-0000-0000-000000000000"), Uuid().to_string());
  }

  void refuses_other_forms() {
    for (const std::string& text :
         {std::string(), std::string("0f8fad5bd9cb469fa16570867728950e"), kText.substr(1),
          kText + "0", " " + kText.substr(1), "{" + kText.substr(2) + "}",
          "gf8fad5b" + kText.substr(8), "0f8fad5-bd9cb" + kText.substr(13),
          "0f8fad5b_" + kText.substr(9), std::string(36, '-'), std::string(36, 'a'),
          std::string(36, '\0'), "+f8fad5b" + kText.substr(8)}) {
      CPPUNIT_ASSERT_MESSAGE('"' + text + "\" was taken", !Uuid::parse(text));
    }
  }

  void random_ones_are_of_version_4_and_differ() {
    std::set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
      const Uuid uuid = Uuid::random();
      const std::string text = uuid.to_string();
      CPPUNIT_ASSERT_EQUAL('4', text[14]);
      CPPUNIT_ASSERT(std::string("89ab").find(text[19]) != std::string::npos);
      CPPUNIT_ASSERT(Uuid::parse(text) == uuid);
      seen.insert(uuid);
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{1000}, seen.size());
  }

  void are_ordered_by_their_bytes() {
    const Uuid small = *Uuid::parse("00000000-0000-0000-0000-0000000000ff");
    const Uuid large = *Uuid::parse("00000000-0000-0000-0000-000000000100");
    CPPUNIT_ASSERT(small < large);
    CPPUNIT_ASSERT(small != large);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UuidTest);
}  // namespace muster
