#include "aggregator/storage/param.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/postgres_fixture.h"

namespace muster {
using test::TestDatabase;

class ParamTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ParamTest);
  CPPUNIT_TEST(comes_back_as_it_went);
  CPPUNIT_TEST(keeps_microseconds);
  CPPUNIT_TEST(carries_any_text_in_an_array);
  CPPUNIT_TEST(sends_null_for_nothing);
  CPPUNIT_TEST_SUITE_END();

  void comes_back_as_it_went() {
    const Uuid id = Uuid::random();
    const std::string blob("\0\x01\xff'\\", 5);
    const Rows rows = database_.sql("SELECT $1::bigint, $2::float8, $3::bool, $4::uuid, $5::bytea",
                                    {std::int64_t{-7}, 0.1, true, id, Param::bytes(blob)});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{-7}, rows.integer(0, 0));
    CPPUNIT_ASSERT_EQUAL(0.1, rows.number(0, 1));
    CPPUNIT_ASSERT(rows.boolean(0, 2));
    CPPUNIT_ASSERT(rows.uuid(0, 3) == id);
    CPPUNIT_ASSERT(rows.bytes(0, 4) == blob);
  }

  void keeps_microseconds() {
    for (const std::int64_t us :
         std::vector<std::int64_t>{1'795'420'800'000'001, -1, 0, 951'782'400'123'456}) {
      const WallTime time{std::chrono::microseconds(us)};
      const Rows rows = database_.sql("SELECT " + micros("$1::timestamptz"), {time});
      CPPUNIT_ASSERT_EQUAL(us, rows.integer(0, 0));
      CPPUNIT_ASSERT(rows.time(0, 0) == time);
    }
  }

  void carries_any_text_in_an_array() {
    const std::vector<std::string> texts{
        "", "plain", "a,b", "{x}", "say \"hi\"", "back\\slash", "NULL", "line\nbreak", "übergröße"};
    CPPUNIT_ASSERT(database_.sql("SELECT $1::text[]", {texts}).texts(0, 0) == texts);
    CPPUNIT_ASSERT(database_.sql("SELECT '{}'::text[]").texts(0, 0).empty());
  }

  void sends_null_for_nothing() {
    const Rows rows = database_.sql("SELECT $1::text, $2::int",
                                    {std::optional<std::string>(), std::optional<int>(7)});
    CPPUNIT_ASSERT(rows.is_null(0, 0));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, rows.integer(0, 1));
  }

  TestDatabase database_{TestDatabase::Content::kEmpty};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ParamTest);
}  // namespace muster
