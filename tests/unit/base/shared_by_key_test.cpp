#include "common/base/shared_by_key.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class SharedByKeyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SharedByKeyTest);
  CPPUNIT_TEST(finds_what_somebody_holds);
  CPPUNIT_TEST(forgets_what_nobody_holds);
  CPPUNIT_TEST_SUITE_END();

  void finds_what_somebody_holds() {
    const auto held = std::make_shared<int>(7);
    things_.add("held", held);
    CPPUNIT_ASSERT(things_.find("held") == held);
    CPPUNIT_ASSERT(things_.find("other") == nullptr);
    things_.add("gone", std::make_shared<int>(8));
    CPPUNIT_ASSERT(things_.find("gone") == nullptr);
  }

  void forgets_what_nobody_holds() {
    const auto held = std::make_shared<int>(7);
    things_.add("held", held);
    for (int i = 0; i < 10'000; ++i) things_.add(std::to_string(i), std::make_shared<int>(i));
    CPPUNIT_ASSERT(things_.size() <= 64);
    CPPUNIT_ASSERT(things_.find("held") == held);
  }

  SharedByKey<int> things_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SharedByKeyTest);
}  // namespace muster
