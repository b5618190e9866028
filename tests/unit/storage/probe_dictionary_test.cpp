#include "aggregator/storage/probe_dictionary.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class ProbeDictionaryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeDictionaryTest);
  CPPUNIT_TEST(an_interval_that_changes_is_another_number);
  CPPUNIT_TEST(numbers_are_not_used_up);
  CPPUNIT_TEST_SUITE_END();

  static ResultRow row_of(std::chrono::milliseconds every) {
    ProbeSpec spec;
    spec.name = "health";
    spec.every = every;
    ResultRow row;
    row.probe = std::make_shared<const ProbeSpec>(std::move(spec));
    return row;
  }

  // As a daemon that has just started.
  std::int16_t learn(const ResultRow& row) {
    Connection connection = database_.connect();
    ProbeDictionary probes;
    must(probes.learn(connection, {row}));
    return probes.id_of(*row.probe);
  }

  void an_interval_that_changes_is_another_number() {
    const auto before = learn(row_of(30s));
    const auto after = learn(row_of(1h));
    CPPUNIT_ASSERT(before != after);
    const auto every = [&](std::int16_t id) {
      return database_.number("SELECT every_seconds FROM probes WHERE probe_id = $1",
                              {std::int64_t{id}});
    };
    CPPUNIT_ASSERT_EQUAL(std::int64_t{30}, every(before));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3'600}, every(after));
  }

  void numbers_are_not_used_up() {
    const auto first = learn(row_of(1'500ms));
    for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT_EQUAL(first, learn(row_of(1'500ms)));
    CPPUNIT_ASSERT_EQUAL(first + 1, int{learn(row_of(2s + 1ms))});
  }

  TestDatabase database_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeDictionaryTest);
}  // namespace muster
