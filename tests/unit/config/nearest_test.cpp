#include "common/config/nearest.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class NearestTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(NearestTest);
  CPPUNIT_TEST(finds_a_swap_a_slip_and_a_missing_letter);
  CPPUNIT_TEST(takes_the_nearer_of_two);
  CPPUNIT_TEST(suggests_nothing_far_away);
  CPPUNIT_TEST(gives_up_on_a_very_long_word);
  CPPUNIT_TEST_SUITE_END();

  const std::vector<std::string> known_{"timeout", "every", "plugin", "port", "ports"};

  void suggests(const std::string& expected, const std::string& word) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(word, expected, nearest(word, known_).value_or("nothing"));
  }

  void finds_a_swap_a_slip_and_a_missing_letter() {
    suggests("timeout", "tiemout");
    suggests("every", "evry");
    suggests("plugin", "plugim");
    suggests("timeout", "time_outs");
  }

  void takes_the_nearer_of_two() {
    suggests("ports", "portss");
    suggests("port", "prt");
  }

  void suggests_nothing_far_away() {
    suggests("nothing", "banana");
    suggests("nothing", "pot_of");  // two of six letters would do, three do not
    suggests("nothing", "ev");
    suggests("nothing", "");
    CPPUNIT_ASSERT(!nearest("c", {"a", "b"}));
  }

  void gives_up_on_a_very_long_word() {
    const std::string novel(65, 'x');
    CPPUNIT_ASSERT(!nearest(novel, {novel}));
    CPPUNIT_ASSERT(nearest(novel.substr(1), {novel.substr(1)}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NearestTest);
}  // namespace muster
