#include "aggregator/storage/database_hosts.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class DatabaseHostsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DatabaseHostsTest);
  CPPUNIT_TEST(one_is_left_to_libpq);
  CPPUNIT_TEST(several_are_told_apart);
  CPPUNIT_TEST(what_is_not_understood_is_left_to_libpq);
  CPPUNIT_TEST_SUITE_END();

  using Hosts = std::vector<DatabaseHost>;

  void one_is_left_to_libpq() {
    CPPUNIT_ASSERT(hosts_of("dbname=muster").empty());
    CPPUNIT_ASSERT(hosts_of("host=a port=1").empty());
    CPPUNIT_ASSERT(hosts_of("postgresql://u@a:1/muster").empty());
  }

  void several_are_told_apart() {
    CPPUNIT_ASSERT(hosts_of("host=a,b port=5433") == (Hosts{{"a", "", "5433"}, {"b", "", "5433"}}));
    CPPUNIT_ASSERT(hosts_of("postgresql://u@a:1,b:2/muster") ==
                   (Hosts{{"a", "", "1"}, {"b", "", "2"}}));
    CPPUNIT_ASSERT(hosts_of("host=a,b hostaddr=10.0.0.1,10.0.0.2") ==
                   (Hosts{{"a", "10.0.0.1", ""}, {"b", "10.0.0.2", ""}}));
  }

  void what_is_not_understood_is_left_to_libpq() {
    CPPUNIT_ASSERT(hosts_of("host=a,b port=1,2,3").empty());
    CPPUNIT_ASSERT(hosts_of("no such thing").empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseHostsTest);
}  // namespace muster
