#include "aggregator/storage/cursor_key.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/migrations.h"
#include "tests/support/postgres_fixture.h"

namespace muster {

class CursorKeyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CursorKeyTest);
  CPPUNIT_TEST(every_database_has_its_own);
  CPPUNIT_TEST(is_the_owners_alone);
  CPPUNIT_TEST_SUITE_END();

  static Result<Secret> read_as(const test::TestDatabase& database, const char* role) {
    ConnectionPool pool(database.settings(role), 1);
    return read_cursor_key(pool);
  }

  void every_database_has_its_own() {
    const test::TestDatabase one, two(test::TestDatabase::Content::kEmpty);  // not of the template
    auto connection = two.connect();
    test::must(Migrations::built_in().apply(connection));
    const Secret key = test::must(read_as(one, kOwnerRole));
    CPPUNIT_ASSERT_EQUAL(std::size_t{32}, key.reveal().size());
    CPPUNIT_ASSERT(key == test::must(read_as(one, kOwnerRole)));
    CPPUNIT_ASSERT(!(key == test::must(read_as(two, kOwnerRole))));
  }

  void is_the_owners_alone() {
    const test::TestDatabase database;
    CPPUNIT_ASSERT(!read_as(database, kApiRole));
    CPPUNIT_ASSERT(!read_as(database, kIngestRole));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CursorKeyTest);
}  // namespace muster
