#include "aggregator/app/command.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class CommandTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CommandTest);
  CPPUNIT_TEST(finds_a_command_by_its_two_words);
  CPPUNIT_TEST(says_what_is_wrong);
  CPPUNIT_TEST_SUITE_END();

  static std::string refusal(const CommandArguments& words) {
    const auto found = find_command(words);
    return found ? "found" : found.error().message;
  }

  void finds_a_command_by_its_two_words() {
    const auto found = find_command({"partitions", "restore", "a.csv.zst"});
    CPPUNIT_ASSERT(found.has_value());
    CPPUNIT_ASSERT_EQUAL(std::string("partitions restore"), std::string((*found)->name));
    CPPUNIT_ASSERT_EQUAL(std::string("found"), refusal({"plugin", "list"}));
    CPPUNIT_ASSERT_EQUAL(std::string("found"), refusal({"plugin", "new", "a"}));
    CPPUNIT_ASSERT_EQUAL(std::string("found"), refusal({"plugin", "new", "a", "b"}));
  }

  void says_what_is_wrong() {
    CPPUNIT_ASSERT_EQUAL(std::string("there is no command \"nothing\"; see --help"),
                         refusal({"nothing"}));
    CPPUNIT_ASSERT_EQUAL(std::string("there is no command \"partitions\"; see --help"),
                         refusal({"partitions"}));
    CPPUNIT_ASSERT_EQUAL(std::string("usage: musterd partitions restore FILE"),
                         refusal({"partitions", "restore"}));
    CPPUNIT_ASSERT_EQUAL(std::string("usage: musterd partitions restore FILE"),
                         refusal({"partitions", "restore", "a", "b"}));
    CPPUNIT_ASSERT_EQUAL(std::string("usage: musterd partitions expire"),
                         refusal({"partitions", "expire", "now"}));
    CPPUNIT_ASSERT_EQUAL(std::string("usage: musterd plugin new NAME [DIRECTORY]"),
                         refusal({"plugin", "new"}));
    CPPUNIT_ASSERT_EQUAL(std::string("usage: musterd plugin new NAME [DIRECTORY]"),
                         refusal({"plugin", "new", "a", "b", "c"}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CommandTest);
}  // namespace muster
