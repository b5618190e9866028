#include "common/base/endpoint.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class EndpointTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EndpointTest);
  CPPUNIT_TEST(reads_addresses_with_a_port);
  CPPUNIT_TEST(takes_the_usual_port_where_there_is_none);
  CPPUNIT_TEST(refuses_everything_else);
  CPPUNIT_TEST_SUITE_END();

  static std::string read(const std::string& text, std::uint16_t usual_port = 53) {
    const auto endpoint = parse_endpoint(text, usual_port);
    return endpoint ? endpoint->address + " " + std::to_string(endpoint->port) : "none";
  }

  void reads_addresses_with_a_port() {
    CPPUNIT_ASSERT_EQUAL(std::string("10.0.0.1 5353"), read("10.0.0.1:5353"));
    CPPUNIT_ASSERT_EQUAL(std::string("fd00::1 5353"), read("[fd00::1]:5353"));
    CPPUNIT_ASSERT_EQUAL(std::string("10.0.0.1 1"), read("10.0.0.1:1", 0));
  }

  void takes_the_usual_port_where_there_is_none() {
    CPPUNIT_ASSERT_EQUAL(std::string("10.0.0.1 53"), read("10.0.0.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("fd00::1 53"), read("fd00::1"));
    CPPUNIT_ASSERT_EQUAL(std::string("::1 53"), read("[::1]"));
    CPPUNIT_ASSERT_EQUAL(std::string("none"), read("10.0.0.1", 0));
    CPPUNIT_ASSERT_EQUAL(std::string("none"), read("[::1]", 0));
  }

  void refuses_everything_else() {
    for (const char* const wrong :
         {"", ":", ":53", "host", "host:53", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536",
          "10.0.0.1:5 3", "10.0.0.1:+5", "10.0.0", "[10.0.0.1]:53", "[::1", "[::1]53", "[]:53",
          "::1]:53", "10.0.0.1:53:53"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, std::string("none"), read(wrong));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EndpointTest);
}  // namespace muster
