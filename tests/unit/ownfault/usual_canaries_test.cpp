#include "aggregator/ownfault/usual_canaries.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/ownfault/canary.h"

namespace muster {

class UsualCanariesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(UsualCanariesTest);
  CPPUNIT_TEST(finds_the_gateways);
  CPPUNIT_TEST(finds_the_nameservers);
  CPPUNIT_TEST(configured_dns_servers_stand_in_for_resolv_conf);
  CPPUNIT_TEST(knows_what_a_canary_is);
  CPPUNIT_TEST_SUITE_END();

  using Texts = std::vector<std::string>;

  void finds_the_gateways() {
    // Twice the same by two interfaces, a route to a net, a default route without a gateway.
    const Texts found = gateways_of(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
        "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n"
        "eth1\t00000000\t0100000A\t0003\t0\t0\t9\t00000000\n"
        "eth0\t0000A8C0\t0200000A\t0003\t0\t0\t0\t00FFFFFF\n"
        "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\n");
    CPPUNIT_ASSERT(found == Texts{"tcp://10.0.0.1:53"});
    CPPUNIT_ASSERT(gateways_of("").empty());
    CPPUNIT_ASSERT(gateways_of("Iface\nrubbish\n").empty());
  }

  void finds_the_nameservers() {
    const Texts found = nameservers_of(
        "# nameserver 10.9.9.9\nsearch example\nnameserver 10.0.0.2\n nameserver fd00::1\n"
        "nameserver 10.0.0.2\nnameserver fe80::1%eth0\nnameserver\noptions edns0\n");
    CPPUNIT_ASSERT((found == Texts{"dns://10.0.0.2", "dns://fd00::1"}));
    for (const std::string& text : found) CPPUNIT_ASSERT(Canary::parse(text).has_value());
  }

  void configured_dns_servers_stand_in_for_resolv_conf() {
    Texts names;
    for (const std::string& text : usual_canaries({"10.0.0.7:5353", "[fd00::7]:53"})) {
      CPPUNIT_ASSERT(Canary::parse(text).has_value());
      if (text.starts_with("dns://")) names.push_back(text);
    }
    CPPUNIT_ASSERT((names == Texts{"dns://10.0.0.7:5353", "dns://[fd00::7]:53"}));
  }

  void knows_what_a_canary_is() {
    CPPUNIT_ASSERT(Canary::parse("dns://10.0.0.2")->dns);
    CPPUNIT_ASSERT(!Canary::parse("tcp://[::1]:22")->dns);
    for (const char* const wrong :
         {"10.0.0.2", "tcp://10.0.0.2", "tcp://host:22", "tcp://[::1]", "udp://10.0.0.2:53",
          "dns://", "tcp://10.0.0.2:0", "tcp://10.0.0.2:65536", "tcp://[10.0.0.2]:22"}) {
      CPPUNIT_ASSERT_MESSAGE(wrong, !Canary::parse(wrong));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UsualCanariesTest);
}  // namespace muster
