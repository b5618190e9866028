// The watch as a whole, with canaries on the loopback interface that live, refuse or keep silent.
#include "aggregator/ownfault/canary_watch.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>

#include <optional>

#include "common/base/guarded.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/fake_server.h"
#include "tests/support/free_port.h"

namespace muster {
using namespace std::chrono_literals;
using test::DnsReply;
using test::eventually;
using test::FakeDns;

namespace {

constexpr auto kPatience = 20s;

class RecordingFaults final : public FaultSink {
 public:
  void on_own_fault(const OwnFaultNews& news) override {
    news_.with([&](auto& all) { all.push_back(news); });
  }
  std::vector<OwnFaultNews> news() const {
    return news_.with([](const auto& all) { return all; });
  }

 private:
  Guarded<std::vector<OwnFaultNews>> news_;
};

}  // namespace

class CanaryWatchTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CanaryWatchTest);
  CPPUNIT_TEST(an_open_and_a_closed_port_are_alive);
  CPPUNIT_TEST(any_answer_of_a_dns_server_but_a_failure_is_alive);
  CPPUNIT_TEST(a_port_without_a_dns_server_is_silent);
  CPPUNIT_TEST(one_lost_datagram_is_forgiven);
  CPPUNIT_TEST(a_fault_begins_and_ends_with_one_piece_of_news_each);
  CPPUNIT_TEST(a_silent_dns_beside_a_living_canary_is_a_dns_fault);
  CPPUNIT_TEST(a_server_that_falls_silent_has_the_canaries_asked);
  CPPUNIT_TEST(many_servers_that_fall_silent_are_held_until_the_canaries_answered);
  CPPUNIT_TEST(notices_that_there_are_no_descriptors);
  CPPUNIT_TEST(refuses_what_is_no_canary);
  CPPUNIT_TEST_SUITE_END();

 public:
  void tearDown() override { watch_.reset(); }

 private:
  void watch(std::vector<std::string> canaries, std::chrono::milliseconds every = 20ms) {
    OwnFaultSettings settings;
    settings.canaries = std::move(canaries);
    settings.every = every;
    settings.timeout = 200ms;
    watch_ = std::move(CanaryWatch::make(settings, fault_, sink_, clock_).value());
    watch_->start();
  }

  bool becomes(OwnFaultKind kind) {
    return eventually(kPatience, [&] { return fault_.kind() == kind; });
  }
  bool comes_up(std::size_t canary) {
    return eventually(kPatience, [&] { return watch_->up(canary); });
  }
  bool goes_down(std::size_t canary) {
    return eventually(kPatience, [&] { return !watch_->up(canary); });
  }

  static std::string dns(const FakeDns& server) { return "dns://" + server.server(); }
  static std::string tcp(std::uint16_t port) { return "tcp://127.0.0.1:" + std::to_string(port); }
  static void silence(FakeDns& server) { server.script_all_others({DnsReply::Kind::kSilence}); }
  static void speak(FakeDns& server) { server.script_all_others({DnsReply::Kind::kNxdomain}); }

  void an_open_and_a_closed_port_are_alive() {
    test::FakeServer open([](const std::string&) { return test::FakeAnswer(); });
    watch({tcp(open.port()), tcp(test::free_port())});
    CPPUNIT_ASSERT(comes_up(0) && comes_up(1));
    CPPUNIT_ASSERT_EQUAL(tcp(open.port()), watch_->name(0));
  }

  void any_answer_of_a_dns_server_but_a_failure_is_alive() {
    FakeDns server;
    watch({dns(server)});
    CPPUNIT_ASSERT(comes_up(0));
    server.script_all_others({DnsReply::Kind::kServfail});
    CPPUNIT_ASSERT(goes_down(0));
    server.script_all_others({DnsReply::Kind::kAddresses});  // none, that is
    CPPUNIT_ASSERT(comes_up(0));
  }

  void a_port_without_a_dns_server_is_silent() {
    std::optional<FakeDns> server(std::in_place);
    watch({dns(*server)});
    CPPUNIT_ASSERT(comes_up(0));
    server.reset();
    CPPUNIT_ASSERT(goes_down(0));
  }

  void one_lost_datagram_is_forgiven() {
    FakeDns server;
    server.script("", {{DnsReply::Kind::kSilence}, {DnsReply::Kind::kNxdomain}});
    watch({dns(server)}, 1h);  // one round
    CPPUNIT_ASSERT(comes_up(0));
  }

  void a_fault_begins_and_ends_with_one_piece_of_news_each() {
    FakeDns server;
    watch({dns(server)});
    CPPUNIT_ASSERT(comes_up(0));
    silence(server);
    CPPUNIT_ASSERT(becomes(OwnFaultKind::kNetwork));
    CPPUNIT_ASSERT_EQUAL("this musterd lost its network: no answer from " + dns(server),
                         fault_.message());
    speak(server);
    CPPUNIT_ASSERT(becomes(OwnFaultKind::kNone));
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return sink_.news().size() == 2; }));
    const auto news = sink_.news();
    CPPUNIT_ASSERT(news[0].began && !news[1].began);
    CPPUNIT_ASSERT_EQUAL(news[0].message, news[1].message);
    CPPUNIT_ASSERT(news[0].at < news[1].at);
  }

  void a_silent_dns_beside_a_living_canary_is_a_dns_fault() {
    FakeDns server;
    watch({tcp(test::free_port()), dns(server)});
    CPPUNIT_ASSERT(comes_up(0) && comes_up(1));
    silence(server);
    CPPUNIT_ASSERT(becomes(OwnFaultKind::kDns));
    CPPUNIT_ASSERT(fault_.covers(FailureReason::kTimeoutDns));
    CPPUNIT_ASSERT(!fault_.covers(FailureReason::kTimeoutConnect));
  }

  void a_server_that_falls_silent_has_the_canaries_asked() {
    FakeDns canary;
    watch({dns(canary)}, 1h);
    CPPUNIT_ASSERT(comes_up(0));
    silence(canary);
    FleetPulse::LastAnswer server = 0;
    fault_.pulse().answered(server);
    fault_.pulse().silent(server, true);
    CPPUNIT_ASSERT(becomes(OwnFaultKind::kNetwork));
  }

  void many_servers_that_fall_silent_are_held_until_the_canaries_answered() {
    FakeDns canary;
    watch({dns(canary)}, 1h);
    CPPUNIT_ASSERT(comes_up(0));
    std::vector<FleetPulse::LastAnswer> servers(20, 0);
    for (auto& server : servers) fault_.pulse().answered(server);
    for (auto& server : servers) fault_.pulse().silent(server, true);
    CPPUNIT_ASSERT(
        eventually(kPatience, [&] { return fault_.begun(OwnFaultKind::kSuspected) == 1; }));
    CPPUNIT_ASSERT(becomes(OwnFaultKind::kNone));
    CPPUNIT_ASSERT(sink_.news().empty());
  }

  // Takes this process' own descriptors away, so nothing here may open any meanwhile.
  void notices_that_there_are_no_descriptors() {
    watch({});
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{3, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const bool began = becomes(OwnFaultKind::kDescriptors);
    ::setrlimit(RLIMIT_NOFILE, &before);
    CPPUNIT_ASSERT(began);
    CPPUNIT_ASSERT(fault_.covers(FailureReason::kSelfOverload));
    CPPUNIT_ASSERT(becomes(OwnFaultKind::kNone));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, sink_.news().size());
  }

  void refuses_what_is_no_canary() {
    OwnFaultSettings settings;
    settings.canaries = {"tcp://gateway:53"};
    const auto refused = CanaryWatch::make(settings, fault_, sink_, clock_);
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT_EQUAL(std::string("tcp://gateway:53 holds no IP address with a port"),
                         refused.error().message);
  }

  const SystemClock clock_;
  OwnFault fault_;
  RecordingFaults sink_;
  std::unique_ptr<CanaryWatch> watch_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CanaryWatchTest);
}  // namespace muster
