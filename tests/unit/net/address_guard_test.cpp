#include "common/net/address_guard.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class AddressGuardTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AddressGuardTest);
  CPPUNIT_TEST(denies_what_is_never_a_server);
  CPPUNIT_TEST(allows_private_and_public_networks);
  CPPUNIT_TEST(allow_opens_and_deny_wins);
  CPPUNIT_TEST(refuses_what_is_no_network);
  CPPUNIT_TEST_SUITE_END();

  static bool permits(const std::string& address, const std::vector<std::string>& allow = {},
                      const std::vector<std::string>& deny = {}) {
    return AddressGuard::make(allow, deny)->permits(boost::asio::ip::make_address(address));
  }

  void denies_what_is_never_a_server() {
    for (const char* address :
         {"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1",
          "255.255.255.255", "::", "::1", "fe80::1", "ff02::1", "::ffff:127.0.0.1",
          "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"}) {
      CPPUNIT_ASSERT_MESSAGE(address, !permits(address));
    }
  }

  void allows_private_and_public_networks() {
    for (const char* address : {"10.0.0.1", "192.168.1.1", "172.16.0.1", "8.8.8.8", "fd00::1",
                                "2001:db8::1", "::ffff:10.0.0.1"}) {
      CPPUNIT_ASSERT_MESSAGE(address, permits(address));
    }
  }

  void allow_opens_and_deny_wins() {
    CPPUNIT_ASSERT(permits("127.0.0.9", {"127.0.0.0/8"}));
    CPPUNIT_ASSERT(permits("::ffff:127.0.0.9", {"127.0.0.0/8"}));
    CPPUNIT_ASSERT(!permits("169.254.169.254", {"127.0.0.0/8"}));
    CPPUNIT_ASSERT(!permits("10.1.2.3", {}, {"10.1.0.0/16"}));
    CPPUNIT_ASSERT(permits("10.2.2.3", {}, {"10.1.0.0/16"}));
    CPPUNIT_ASSERT(!permits("10.1.2.3", {"10.0.0.0/8"}, {"10.1.2.3"}));
    CPPUNIT_ASSERT(!permits("10.1.2.3", {}, {"10.1.2.2/31"}));
    CPPUNIT_ASSERT(permits("10.1.2.4", {}, {"10.1.2.2/31"}));
  }

  void refuses_what_is_no_network() {
    for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "ten", "::1/129",
                             "10.0.0.0/-1", "1.2.3.4/8/8"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !AddressGuard::make({text}, {}));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AddressGuardTest);
}  // namespace muster
