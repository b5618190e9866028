#include "common/base/snapshot.h"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>
#include <vector>

namespace muster {

class SnapshotTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SnapshotTest);
  CPPUNIT_TEST(has_a_value_from_the_start);
  CPPUNIT_TEST(a_reader_keeps_what_it_took);
  CPPUNIT_TEST(a_reader_sees_whole_values_only);
  CPPUNIT_TEST_SUITE_END();

  void has_a_value_from_the_start() {
    CPPUNIT_ASSERT_EQUAL(std::string(), *Snapshot<std::string>().get());
    CPPUNIT_ASSERT_EQUAL(std::string("first"), *Snapshot<std::string>("first").get());
  }

  void a_reader_keeps_what_it_took() {
    Snapshot<std::string> snapshot("old");
    const auto taken = snapshot.get();
    snapshot.set("new");
    CPPUNIT_ASSERT_EQUAL(std::string("old"), *taken);
    CPPUNIT_ASSERT_EQUAL(std::string("new"), *snapshot.get());
    CPPUNIT_ASSERT_EQUAL(1L, taken.use_count());  // the snapshot has let go of it
  }

  void a_reader_sees_whole_values_only() {
    Snapshot<std::vector<int>> snapshot(std::vector<int>(100, 0));
    std::thread writer([&] {
      for (int i = 1; i <= 2'000; ++i) snapshot.set(std::vector<int>(100, i));
    });
    int last = 0;
    bool whole = true;
    while (last < 2'000) {
      const auto seen = snapshot.get();
      whole = whole && seen->front() == seen->back() && seen->front() >= last;
      last = seen->front();
    }
    writer.join();
    CPPUNIT_ASSERT(whole);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SnapshotTest);
}  // namespace muster
