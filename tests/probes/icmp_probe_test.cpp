// The plugin icmp, pinging this machine in a network namespace of the test's own.
#include <cppunit/extensions/HelperMacros.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include "tests/probes/findings.h"
#include "tests/probes/own_network.h"
#include "tests/support/eventually.h"
#include "tests/support/probe_scene.h"
#include "tests/support/slowness.h"

namespace muster {
using namespace std::chrono_literals;
using test::assert_found;
using test::metric;

class IcmpProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(IcmpProbeTest);
  CPPUNIT_TEST(pings_by_datagram_sockets);
  CPPUNIT_TEST(pings_by_raw_sockets);
  CPPUNIT_TEST(silence_is_critical);
  CPPUNIT_TEST(limits_are_judged);
  CPPUNIT_TEST(the_network_says_why);
  CPPUNIT_TEST(who_may_not_is_told_how);
  CPPUNIT_TEST_SUITE_END();

  class Scene {
   public:
    ~Scene() {
      scene_.give_up();
      test::eventually(5s, [this] { return scene_.open_runs() == 0; });
    }
    Finding ping(const char* host, const std::string& yaml = "interval: 10ms",
                 Duration timeout = 20s) {
      Server server;
      server.name = "web-1";
      server.hostname = host;
      return scene_.check(yaml, server, timeout);
    }

   private:
    test::ProbeScene scene_{"plugins/muster_probe_icmp.so"};
  };

  static void apart(const std::function<void(Scene&)>& test, const char* groups = "0 1000") {
    const bool ran = test::in_own_network([&] {
      CPPUNIT_ASSERT(test::set_sysctl("ipv4/ping_group_range", groups));
      Scene scene;
      test(scene);
    });
    CPPUNIT_ASSERT_MESSAGE("a network namespace needs root (CAP_SYS_ADMIN)", ran);
  }

  static void assert_pings(Scene& scene) {
    for (const char* host : {"127.0.0.1", "::1", "localhost"}) {
      const Finding finding = scene.ping(host);
      assert_found(CheckStatus::kOk, FailureReason::kNone, "", finding);
      CPPUNIT_ASSERT_EQUAL(0.0, metric(finding, "packet_loss_percent"));
      const double least = metric(finding, "round_trip_min_seconds");
      const double mean = metric(finding, "round_trip_avg_seconds");
      const double most = metric(finding, "round_trip_max_seconds");
      CPPUNIT_ASSERT(least > 0 && least <= mean && mean <= most && most < 1);
      CPPUNIT_ASSERT(metric(finding, "round_trip_jitter_seconds") >= 0);
    }
    assert_found(CheckStatus::kOk, FailureReason::kNone, "",
                 scene.ping("127.0.0.1", "{count: 1, size: 60000}"));
    const Finding six = scene.ping("127.0.0.1", "family: ipv6");
    CPPUNIT_ASSERT(six.reason == FailureReason::kDnsFailed);
  }

  void pings_by_datagram_sockets() { apart(&assert_pings); }
  void pings_by_raw_sockets() { apart(&assert_pings, "1 0"); }

  void silence_is_critical() {
    apart([](Scene& scene) {
      CPPUNIT_ASSERT(test::set_sysctl("ipv4/icmp_echo_ignore_all", "1"));
      const Finding finding = scene.ping("127.0.0.1", "{interval: 10ms, wait: 50ms}");
      assert_found(CheckStatus::kCritical, FailureReason::kTimeoutResponse, "no answer", finding);
      CPPUNIT_ASSERT_EQUAL(100.0, metric(finding, "packet_loss_percent"));
      const Finding cut = scene.ping("127.0.0.1", "{count: 100, interval: 1s}", 100ms);
      assert_found(CheckStatus::kCritical, FailureReason::kTimeoutResponse, "no answer", cut);
    });
  }

  void limits_are_judged() {
    apart([](Scene& scene) {
      // What the deadline cuts off is lost.
      assert_found(CheckStatus::kWarning, FailureReason::kReportedUnhealthy,
                   "loss: answers are lost",
                   scene.ping("127.0.0.1", "{count: 2, interval: 10s, loss_warning: 20}",
                              200ms * test::kSlowness));
      CPPUNIT_ASSERT(scene.ping("127.0.0.1", "{interval: 10ms, round_trip_warning: 10s}").status ==
                     CheckStatus::kOk);
    });
  }

  void the_network_says_why() {
    apart([](Scene& scene) {
      assert_found(CheckStatus::kCritical, FailureReason::kUnreachableNetwork,
                   "Network is unreachable", scene.ping("192.0.2.1"));
      const Finding denied = scene.ping("169.254.169.254");
      CPPUNIT_ASSERT(denied.status == CheckStatus::kUnknown);
      CPPUNIT_ASSERT(denied.reason == FailureReason::kAddressDenied);
    });
  }

  // Neither the group nor the capability; threads that are started later have what this one has.
  static void drop_net_raw() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
    ::syscall(SYS_capget, &header, data);
    data[0].effective &= ~(1U << CAP_NET_RAW);
    ::syscall(SYS_capset, &header, data);
  }

  void who_may_not_is_told_how() {
    apart(
        [](Scene&) {
          drop_net_raw();
          Scene scene;
          const Finding finding = scene.ping("127.0.0.1");
          CPPUNIT_ASSERT(finding.status == CheckStatus::kUnknown);
          CPPUNIT_ASSERT(finding.reason == FailureReason::kSelf);
          CPPUNIT_ASSERT(std::string(finding.message()).find("net.ipv4.ping_group_range") !=
                         std::string::npos);
        },
        "1 0");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IcmpProbeTest);
}  // namespace muster
