#include "tests/simfleet/behaviour.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/simfleet/scripts.h"

namespace muster {
using namespace sim;

class BehaviourTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BehaviourTest);
  CPPUNIT_TEST(every_name_parses_and_has_a_script);
  CPPUNIT_TEST(arguments_are_bounded);
  CPPUNIT_TEST(arguments_are_neither_missing_nor_superfluous);
  CPPUNIT_TEST(a_url_cannot_split_the_header);
  CPPUNIT_TEST_SUITE_END();

  static std::string example(const BehaviourEntry& entry) {
    const std::string name(entry.name);
    switch (entry.argument) {
      case BehaviourEntry::Argument::kNone:
        return name;
      case BehaviourEntry::Argument::kUrl:
        return name + ":http://127.0.0.1/x:y";
      default:
        return name + ":500";
    }
  }

  void every_name_parses_and_has_a_script() {
    for (const BehaviourEntry& entry : behaviour_table()) {
      const auto behaviour = parse_behaviour(example(entry));
      CPPUNIT_ASSERT_MESSAGE(example(entry), behaviour && behaviour->kind == entry.kind);
      const ScriptPointer script = make_script(*behaviour);
      CPPUNIT_ASSERT(script->kind == entry.kind);
      CPPUNIT_ASSERT(!script->steps.empty());
      CPPUNIT_ASSERT(!script->otherwise || script->otherwise->kind == entry.kind);
    }
  }

  void arguments_are_bounded() {
    CPPUNIT_ASSERT(parse_behaviour("slow:0"));
    CPPUNIT_ASSERT_EQUAL(418u, parse_behaviour("status:418")->number);
    for (const char* text : {"flapping:0", "status:199", "status:600", "slow:-1", "slow:1s",
                             "slow:99999999999999", "status:"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_behaviour(text));
    }
  }

  void arguments_are_neither_missing_nor_superfluous() {
    for (const char* text : {"", "slow", "redirect", "hang:1", "healthy:", "Hang", "hang "}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_behaviour(text));
    }
  }

  void a_url_cannot_split_the_header() {
    for (const char* text : {"redirect:", "redirect:a\r\nX: y", "redirect:a b", "redirect:\xff"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_behaviour(text));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BehaviourTest);
}  // namespace muster
