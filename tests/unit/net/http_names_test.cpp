// From a host name to a connection: every answer of DNS is checked, and of several addresses the
// one that works is used.
#include <arpa/inet.h>
#include <cppunit/extensions/HelperMacros.h>
#include <sys/socket.h>
#include <unistd.h>

#include <list>
#include <optional>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/fake_server.h"
#include "tests/support/shifted_clock.h"

namespace muster {
using namespace std::chrono_literals;
using test::DnsReply;
using test::FakeServer;
using Kind = test::DnsReply::Kind;
namespace {

// A listener on 127.0.0.2 whose backlog is full, so that Linux drops what wants to connect: the
// nearest thing to a black hole that loopback has.
class BlackHole {
 public:
  explicit BlackHole(std::uint16_t port) : address_{AF_INET, htons(port), {htonl(0x7f000002)}} {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool bound = ::bind(listener_, generic(), sizeof address_) == 0;
    CPPUNIT_ASSERT(bound && ::listen(listener_, 0) == 0);
    for (int i = 0; i < 4; ++i) {
      fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      ::connect(fillers_.back(), generic(), sizeof address_);
    }
  }
  ~BlackHole() {
    for (const int fd : fillers_) ::close(fd);
    ::close(listener_);
  }

 private:
  const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&address_); }

  const sockaddr_in address_;
  int listener_ = -1;
  std::list<int> fillers_;
};

}  // namespace

class HttpNamesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpNamesTest);
  CPPUNIT_TEST(connects_to_what_dns_says);
  CPPUNIT_TEST(denies_a_name_that_turns_to_the_metadata_service);
  CPPUNIT_TEST(denies_a_name_that_points_at_the_host_itself);
  CPPUNIT_TEST(denies_a_stale_answer_too);
  CPPUNIT_TEST(takes_the_family_that_answers);
  CPPUNIT_TEST(goes_on_after_an_address_that_swallows_packets);
  CPPUNIT_TEST(names_what_dns_did_wrong);
  CPPUNIT_TEST(may_go_while_requests_wait_for_dns);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { allow({"127.0.0.0/8", "::1"}); }

 private:
  void allow(const std::vector<std::string>& networks) {
    client_.reset();
    guard_ = *AddressGuard::make(networks, {});
    HttpClient::Limits limits;
    limits.dns.servers = {dns_.server()};
    limits.dns.timeout = 200ms;
    client_.emplace(loop_, tls_, guard_, limits);
  }

  std::string url(const std::string& host) const {
    return "http://" + host + ":" + std::to_string(server_.port()) + "/";
  }

  HttpResponse get(const std::string& host) {
    const Url parsed = *Url::parse(url(host));
    HttpRequest request;
    request.url = &parsed;
    std::optional<HttpResponse> answered;
    const auto call =
        client_->send(request, [&](HttpResponse response) { answered = std::move(response); });
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      loop_.poll();
      return answered.has_value();
    }));
    return *answered;
  }
  FailureReason reason_of(const std::string& host) { return get(host).reason; }

  void connects_to_what_dns_says() {
    dns_.script("a.test", {{Kind::kAddresses, {"127.0.0.1"}}});
    CPPUNIT_ASSERT_EQUAL(200, get("a.test").status);
    CPPUNIT_ASSERT_EQUAL(200, get("a.test").status);
    CPPUNIT_ASSERT_EQUAL(1, dns_.questions("a.test"));
  }

  void denies_a_name_that_turns_to_the_metadata_service() {
    dns_.script("flip.test", {{Kind::kAddresses, {"127.0.0.1"}, 1},
                              {Kind::kAddresses, {"169.254.169.254"}, 1},
                              {Kind::kAddresses, {"127.0.0.1", "169.254.169.254"}, 1},
                              {Kind::kAddresses, {"127.0.0.1", "::ffff:169.254.169.254"}, 1}});
    CPPUNIT_ASSERT(reason_of("flip.test") == FailureReason::kNone);
    for (int i = 0; i < 3; ++i) {
      clock_.jump(2s);
      CPPUNIT_ASSERT(reason_of("flip.test") == FailureReason::kAddressDenied);
    }
    CPPUNIT_ASSERT_EQUAL(4, dns_.questions("flip.test"));
    CPPUNIT_ASSERT_EQUAL(1, server_.connections());
  }

  void denies_a_name_that_points_at_the_host_itself() {
    allow({});
    int number = 0;
    for (const char* address : {"127.0.0.1", "::1", "0.0.0.0", "::ffff:127.0.0.1"}) {
      const std::string host = "n" + std::to_string(number++) + ".test";
      dns_.script(host, {{Kind::kAddresses, {address}}});
      CPPUNIT_ASSERT(reason_of(host) == FailureReason::kAddressDenied);
    }
    CPPUNIT_ASSERT(reason_of("localhost") == FailureReason::kAddressDenied);
    CPPUNIT_ASSERT_EQUAL(0, server_.connections());
  }

  void denies_a_stale_answer_too() {
    allow({});
    dns_.script("a.test", {{Kind::kAddresses, {"127.0.0.1"}, 1}, {Kind::kServfail}});
    CPPUNIT_ASSERT(reason_of("a.test") == FailureReason::kAddressDenied);
    clock_.jump(2s);
    CPPUNIT_ASSERT(reason_of("a.test") == FailureReason::kAddressDenied);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, client_->dns_counters().stale.load());
    CPPUNIT_ASSERT_EQUAL(0, server_.connections());
  }

  void takes_the_family_that_answers() {
    dns_.script("both.test", {{Kind::kAddresses, {"::1", "127.0.0.1"}}});
    CPPUNIT_ASSERT_EQUAL(200, get("both.test").status);  // nobody listens on [::1]
  }

  void goes_on_after_an_address_that_swallows_packets() {
    const BlackHole hole(server_.port());
    dns_.script("hole.test", {{Kind::kAddresses, {"127.0.0.2", "127.0.0.1"}}});
    const HttpResponse response = get("hole.test");
    CPPUNIT_ASSERT_EQUAL(200, response.status);
    CPPUNIT_ASSERT(response.phases.connect >= 250ms);
  }

  void names_what_dns_did_wrong() {
    dns_.script("broken.test", {{Kind::kServfail}});
    dns_.script("silent.test", {{Kind::kSilence}});
    CPPUNIT_ASSERT(reason_of("absent.test") == FailureReason::kDnsFailed);
    CPPUNIT_ASSERT(reason_of("broken.test") == FailureReason::kDnsFailed);
    CPPUNIT_ASSERT(reason_of("silent.test") == FailureReason::kTimeoutDns);
    CPPUNIT_ASSERT_EQUAL(0, server_.connections());
  }

  void may_go_while_requests_wait_for_dns() {
    dns_.script("silent.test", {{Kind::kSilence}});
    const Url parsed = *Url::parse(url("silent.test"));
    HttpRequest request;
    request.url = &parsed;
    int answered = 0;
    const auto dropped = client_->send(request, [&](HttpResponse) { ++answered; });
    const auto cancelled = client_->send(request, [&](HttpResponse) { ++answered; });
    loop_.poll();
    cancelled->cancel();
    client_.reset();
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(2, answered);
  }

  test::FakeDns dns_;
  FakeServer server_{[](const std::string&) -> test::FakeAnswer {
    return {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};
  }};
  test::ShiftedClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  std::shared_ptr<TlsContext> tls_ = *TlsContext::make({});
  AddressGuard guard_ = *AddressGuard::make({}, {});
  std::optional<HttpClient> client_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpNamesTest);
}  // namespace muster
