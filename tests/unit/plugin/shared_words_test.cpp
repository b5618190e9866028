#include "common/plugin/shared_words.h"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

#include "common/plugin/translate.h"

namespace muster {

class SharedWordsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SharedWordsTest);
  CPPUNIT_TEST(nothing_said_is_one_for_all);
  CPPUNIT_TEST(equal_words_are_shared);
  CPPUNIT_TEST(any_difference_tells_them_apart);
  CPPUNIT_TEST(untidy_words_are_tidied_each_time);
  CPPUNIT_TEST(long_words_are_not_remembered);
  CPPUNIT_TEST_SUITE_END();

  WordsPointer said(const std::string& message, const std::vector<Component>& components = {}) {
    std::vector<muster_component> raw;
    for (const Component& component : components) {
      raw.push_back({to_c(component.name), static_cast<muster_status>(component.status),
                     to_c(component.message)});
    }
    muster_result result{};
    result.message = to_c(message);
    result.components = raw.data();
    result.component_count = raw.size();
    return words_.of(result);
  }

  void nothing_said_is_one_for_all() { CPPUNIT_ASSERT(said("") == no_words()); }

  void equal_words_are_shared() {
    const Component disk{"disk", CheckStatus::kWarning, "nearly full"};
    const WordsPointer first = said("degraded", {disk});
    CPPUNIT_ASSERT_EQUAL(std::string("degraded"), first->message);
    CPPUNIT_ASSERT_EQUAL(std::string("nearly full"), first->components.at(0).message);
    CPPUNIT_ASSERT(first == said("degraded", {disk}));
  }

  void any_difference_tells_them_apart() {
    const Component disk{"disk", CheckStatus::kWarning, "nearly full"};
    const WordsPointer first = said("degraded", {disk});
    CPPUNIT_ASSERT(first != said("Degraded", {disk}));
    CPPUNIT_ASSERT(first != said("degraded", {disk, disk}));
    CPPUNIT_ASSERT(first != said("degraded", {{"disk", CheckStatus::kCritical, "nearly full"}}));
    CPPUNIT_ASSERT(first != said("degraded", {{"disc", CheckStatus::kWarning, "nearly full"}}));
    CPPUNIT_ASSERT(first != said("degraded", {{"disk", CheckStatus::kWarning, "full"}}));
  }

  void untidy_words_are_tidied_each_time() {
    const WordsPointer first = said("two\nlines");
    CPPUNIT_ASSERT_EQUAL(std::string("two?lines"), first->message);
    CPPUNIT_ASSERT_EQUAL(std::string("two?lines"), said("two\nlines")->message);
    CPPUNIT_ASSERT_EQUAL(std::string("two?lines"), said("two?lines")->message);
  }

  void long_words_are_not_remembered() {
    const std::vector<Component> many(100, {std::string(100, 'x'), CheckStatus::kOk, ""});
    CPPUNIT_ASSERT(said("", many) != said("", many));
  }

  SharedWords words_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SharedWordsTest);
}  // namespace muster
