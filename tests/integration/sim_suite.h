// What every suite over a SimWorld asserts: that the cases are what their table says, that the
// neighbours noticed nothing of them, and that both programs end well. A suite names these tests
// among its own, the last two last.
#pragma once

#include "tests/integration/sim_world.h"

namespace muster::test {

class SimSuite : public CppUnit::TestFixture {
 protected:
  virtual SimWorld& world() = 0;  // made at first use, lasts for the suite

  void cases_are_as_the_table_says() {
    CPPUNIT_ASSERT_EQUAL(std::string(), world().complaints_about_cases());
  }
  void neighbours_notice_nothing() {
    CPPUNIT_ASSERT_EQUAL(std::string(), world().complaints_of_neighbours());
  }
  void ends_well() { CPPUNIT_ASSERT_EQUAL(std::string(), world().complaints_at_the_end()); }
};

}  // namespace muster::test
