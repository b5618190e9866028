#include "aggregator/api/connection_table.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
namespace {

class TestMember final : public ConnectionTable::Member {
 public:
  explicit TestMember(ConnectionTable& table) : table_(table) {}

  void close() override {
    closed = true;
    table_.remove(place);
  }
  void close_soon() override { told = true; }

  ConnectionTable::Place place;
  bool closed = false;
  bool told = false;

 private:
  ConnectionTable& table_;
};

}  // namespace

class ConnectionTableTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectionTableTest);
  CPPUNIT_TEST(counts_by_network);
  CPPUNIT_TEST(closes_the_longest_idle_for_others);
  CPPUNIT_TEST(closes_all);
  CPPUNIT_TEST(an_ipv6_host_is_its_network);
  CPPUNIT_TEST_SUITE_END();

  static std::shared_ptr<TestMember> add(ConnectionTable& table, const std::string& network,
                                         bool idle = false) {
    auto member = std::make_shared<TestMember>(table);
    member->place = table.add(member, network);
    table.set_idle(member->place, idle);
    return member;
  }

  void counts_by_network() {
    ConnectionTable table(10, 2);
    const auto first = add(table, "a", true);
    const auto second = add(table, "a");
    CPPUNIT_ASSERT(!table.make_room("a"));
    CPPUNIT_ASSERT(!first->closed);  // that is for when all are full
    CPPUNIT_ASSERT(table.make_room("b"));
    second->close();
    CPPUNIT_ASSERT(table.make_room("a"));
    ConnectionTable unlimited(10, 0);
    for (int i = 0; i < 9; ++i) add(unlimited, "a");
    CPPUNIT_ASSERT(unlimited.make_room("a"));
  }

  void closes_the_longest_idle_for_others() {
    ConnectionTable table(3, 0);
    const auto first = add(table, "a", true);
    const auto second = add(table, "a", true);
    const auto busy = add(table, "a");
    table.set_idle(first->place, false);
    table.set_idle(first->place, true);
    table.set_idle(first->place, true);  // says nothing new
    CPPUNIT_ASSERT(table.make_room("b"));
    CPPUNIT_ASSERT(second->closed && !first->closed);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, table.size());
    add(table, "b");
    CPPUNIT_ASSERT(table.make_room("b"));
    CPPUNIT_ASSERT(first->closed);
    add(table, "b");
    CPPUNIT_ASSERT(!table.make_room("b"));
    CPPUNIT_ASSERT(!busy->closed);
  }

  void closes_all() {
    ConnectionTable table(9, 0);
    const auto idle = add(table, "a", true);
    const auto busy = add(table, "b");
    table.close_all_soon();
    CPPUNIT_ASSERT(idle->told && busy->told);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, table.size());
    table.close_all();
    CPPUNIT_ASSERT(idle->closed && busy->closed);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, table.size());
  }

  void an_ipv6_host_is_its_network() {
    using boost::asio::ip::make_address;
    const auto network = [](const char* text) { return network_of(unmapped(make_address(text))); };
    CPPUNIT_ASSERT(network("2001:db8::1") == network("2001:db8::2:3:4:5"));
    CPPUNIT_ASSERT(network("2001:db8::1") != network("2001:db8:0:1::1"));
    CPPUNIT_ASSERT(network("192.0.2.1") != network("192.0.2.2"));
    CPPUNIT_ASSERT(network("::ffff:192.0.2.1") == network("192.0.2.1"));
    CPPUNIT_ASSERT(network("::ffff:192.0.2.1") != network("::ffff:192.0.2.2"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionTableTest);
}  // namespace muster
