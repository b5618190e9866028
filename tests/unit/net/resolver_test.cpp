#include "common/net/resolver.h"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "common/net/event_loop.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/free_port.h"
#include "tests/support/shifted_clock.h"

namespace muster {
using namespace std::chrono_literals;
using test::DnsReply;
using Kind = test::DnsReply::Kind;

class ResolverTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ResolverTest);
  CPPUNIT_TEST(finds_addresses_of_both_families_in_their_order);
  CPPUNIT_TEST(honours_the_ttl);
  CPPUNIT_TEST(keeps_that_a_name_is_absent);
  CPPUNIT_TEST(serves_an_expired_answer_on_servfail);
  CPPUNIT_TEST(serves_an_expired_answer_on_silence);
  CPPUNIT_TEST(gives_up_in_bounded_time_and_still_learns_the_answer);
  CPPUNIT_TEST(asks_once_however_many_wait);
  CPPUNIT_TEST(a_hanging_name_delays_no_other);
  CPPUNIT_TEST(goes_to_the_next_server_when_one_refuses_or_is_silent);
  CPPUNIT_TEST(takes_truncated_answers_by_tcp);
  CPPUNIT_TEST(survives_closed_tcp_and_reused_descriptors);
  CPPUNIT_TEST(a_missing_aaaa_answer_does_not_hide_the_a_record);
  CPPUNIT_TEST(looks_up_thousands_of_names_at_once);
  CPPUNIT_TEST(ten_thousand_silent_names_cost_little);
  CPPUNIT_TEST(may_be_destroyed_by_a_callback);
  CPPUNIT_TEST(may_be_destroyed_while_it_asks);
  CPPUNIT_TEST(close_ends_what_waits);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { ask({dns_.server()}); }

 private:
  using Addresses = Resolver::Addresses;
  using Answer = Result<Addresses>;

  static DnsReply addresses(std::vector<std::string> list, std::uint32_t ttl = 60) {
    return {Kind::kAddresses, std::move(list), ttl};
  }

  void ask(std::vector<std::string> servers) {
    ResolverOptions options;
    options.servers = std::move(servers);
    options.timeout = 1000ms;
    options.give_up = 30s;
    remake(options);
  }
  void remake(const ResolverOptions& options) { resolver_.emplace(loop_, options); }

  // Runs the loop until it holds.
  bool until(const std::function<bool()>& holds, std::chrono::milliseconds patience = 10s) {
    return test::eventually(patience, [&] {
      loop_.poll();
      return holds();
    });
  }

  Answer resolve(const std::string& host) {
    std::optional<Answer> answer;
    resolver_->resolve(host, [&](const Answer& found) { answer = found; });
    CPPUNIT_ASSERT(until([&] { return answer.has_value(); }));
    return *answer;
  }
  std::string text(const std::string& host) {
    const Answer answer = resolve(host);
    if (!answer) return answer.error().message;
    std::string list;
    for (const auto& address : *answer) list += (list.empty() ? "" : " ") + address.to_string();
    return list;
  }
  ErrorCode error_of(const std::string& host) {
    const Answer answer = resolve(host);
    CPPUNIT_ASSERT(!answer);
    return answer.error().code;
  }
  void equal(const std::string& expected, const std::string& found) {
    CPPUNIT_ASSERT_EQUAL(expected, found);
  }
  void counted(std::uint64_t hits, std::uint64_t misses, std::uint64_t stale,
               std::uint64_t failures) {
    const DnsCounters& counters = resolver_->counters();
    CPPUNIT_ASSERT_EQUAL(hits, counters.hits.load());
    CPPUNIT_ASSERT_EQUAL(misses, counters.misses.load());
    CPPUNIT_ASSERT_EQUAL(stale, counters.stale.load());
    CPPUNIT_ASSERT_EQUAL(failures, counters.failures.load());
  }

  void finds_addresses_of_both_families_in_their_order() {
    dns_.script("two.test", {addresses({"127.0.0.9", "127.0.0.3", "::1", "127.0.0.7"})});
    equal("::1 127.0.0.9 127.0.0.3 127.0.0.7", text("two.test"));
    equal("192.0.2.7", text("192.0.2.7"));
    counted(0, 1, 0, 0);
  }

  void honours_the_ttl() {
    dns_.script("a.test", {addresses({"192.0.2.1"}, 20), addresses({"192.0.2.2"}, 20)});
    equal("192.0.2.1", text("a.test"));
    clock_.jump(18s);
    equal("192.0.2.1", text("a.test"));
    clock_.jump(2s);
    equal("192.0.2.2", text("a.test"));
    CPPUNIT_ASSERT_EQUAL(2, dns_.questions("a.test"));
    counted(1, 2, 0, 0);
  }

  void keeps_that_a_name_is_absent() {
    dns_.script("a.test", {{Kind::kNxdomain}, addresses({"192.0.2.1"})});
    dns_.script("empty.test", {{Kind::kAddresses}});
    CPPUNIT_ASSERT(error_of("a.test") == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(error_of("a.test") == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(error_of("empty.test") == ErrorCode::kNotFound);
    CPPUNIT_ASSERT_EQUAL(1, dns_.questions("a.test"));
    counted(1, 2, 0, 2);
    clock_.jump(6s);
    equal("192.0.2.1", text("a.test"));
  }

  void serves_an_expired_answer_on_servfail() {
    const DnsReply failure{Kind::kServfail};  // c-ares asks twice
    dns_.script("a.test", {addresses({"192.0.2.1"}), failure, failure, addresses({"192.0.2.2"})});
    equal("192.0.2.1", text("a.test"));
    clock_.jump(61s);
    equal("192.0.2.1", text("a.test"));
    counted(0, 2, 1, 1);
    equal("192.0.2.1", text("a.test"));  // within the 5 s
    CPPUNIT_ASSERT_EQUAL(3, dns_.questions("a.test"));
    clock_.jump(6s);
    equal("192.0.2.1", text("a.test"));  // at once; asked in the background
    counted(0, 2, 3, 1);
    CPPUNIT_ASSERT(until([&] { return text("a.test") == "192.0.2.2"; }));
    CPPUNIT_ASSERT_EQUAL(4, dns_.questions("a.test"));
    dns_.script("b.test", {failure});
    CPPUNIT_ASSERT(error_of("b.test") == ErrorCode::kUnavailable);
  }

  void serves_an_expired_answer_on_silence() {
    dns_.script("a.test", {addresses({"192.0.2.1"}), {Kind::kSilence}});
    equal("192.0.2.1", text("a.test"));
    clock_.jump(61s);
    std::optional<Answer> answer;
    resolver_->resolve("a.test", [&](const Answer& found) { answer = found; });
    loop_.poll();
    CPPUNIT_ASSERT(!answer);
    clock_.jump(1800ms);  // c-ares itself has not given up by far
    CPPUNIT_ASSERT(until([&] { return answer.has_value(); }, 500ms));
    CPPUNIT_ASSERT(answer->has_value());
    counted(0, 2, 1, 1);
    equal("192.0.2.1", text("a.test"));
    counted(0, 2, 2, 1);
  }

  void gives_up_in_bounded_time_and_still_learns_the_answer() {
    dns_.script("a.test", {{Kind::kSilence}, addresses({"192.0.2.1"})});
    std::optional<Answer> answer;
    resolver_->resolve("a.test", [&](const Answer& found) { answer = found; });
    loop_.poll();
    clock_.jump(31s);
    loop_.poll();
    CPPUNIT_ASSERT(answer && !*answer && answer->error().code == ErrorCode::kTimeout);
    // The second question, after a second, is answered.
    CPPUNIT_ASSERT(until([&] { return text("a.test") == "192.0.2.1"; }));
    CPPUNIT_ASSERT_EQUAL(2, dns_.questions("a.test"));
  }

  void asks_once_however_many_wait() {
    dns_.script("a.test", {addresses({"192.0.2.1"})});
    int answered = 0;
    for (int i = 0; i < 50; ++i) {
      resolver_->resolve("a.test", [&](const Answer& found) { answered += found.has_value(); });
    }
    CPPUNIT_ASSERT(until([&] { return answered == 50; }));
    CPPUNIT_ASSERT_EQUAL(1, dns_.questions("a.test"));
    counted(0, 50, 0, 0);
  }

  void a_hanging_name_delays_no_other() {
    dns_.script_all_others({Kind::kSilence});
    int hung = 0;
    for (int i = 0; i < 50; ++i) {
      const std::string host = "silent" + std::to_string(i) + ".test";
      resolver_->resolve(host, [&](const Answer&) { ++hung; });
    }
    dns_.script("a.test", {addresses({"192.0.2.1"})});
    equal("192.0.2.1", text("a.test"));
    CPPUNIT_ASSERT_EQUAL(0, hung);
  }

  void goes_to_the_next_server_when_one_refuses_or_is_silent() {
    test::FakeDns mute;
    mute.script_all_others({Kind::kSilence});
    dns_.script("a.test", {addresses({"192.0.2.1"})});
    const std::string nobody = "127.0.0.1:" + std::to_string(test::free_port());
    ask({nobody, dns_.server()});
    equal("192.0.2.1", text("a.test"));
    ask({mute.server(), dns_.server()});
    equal("192.0.2.1", text("a.test"));
    ask({nobody});
    CPPUNIT_ASSERT(error_of("a.test") == ErrorCode::kUnavailable);
    ask({mute.server()});
    CPPUNIT_ASSERT(error_of("a.test") == ErrorCode::kTimeout);
  }

  void takes_truncated_answers_by_tcp() {
    dns_.script("a.test", {{Kind::kTruncated, {"192.0.2.1", "192.0.2.2"}}});
    equal("192.0.2.1 192.0.2.2", text("a.test"));
    CPPUNIT_ASSERT(dns_.connections() > 0);
  }

  // c-ares closes the TCP socket and opens another one at once, under the same number.
  void survives_closed_tcp_and_reused_descriptors() {
    for (int i = 0; i < 20; ++i) {
      const std::string name = "t" + std::to_string(i) + ".test";
      const bool closed = i % 2 == 0;
      dns_.script(name, {{closed ? Kind::kTruncatedClosed : Kind::kTruncated, {"192.0.2.1"}}});
    }
    int answered = 0;
    int found = 0;
    for (int i = 0; i < 20; ++i) {
      resolver_->resolve("t" + std::to_string(i) + ".test", [&](const Answer& answer) {
        ++answered;
        found += answer.has_value();
      });
    }
    CPPUNIT_ASSERT(until([&] { return answered == 20; }));
    CPPUNIT_ASSERT(dns_.connections() > 1);
    dns_.script("a.test", {{Kind::kTruncated, {"192.0.2.1"}}});
    equal("192.0.2.1", text("a.test"));
  }

  void a_missing_aaaa_answer_does_not_hide_the_a_record() {
    dns_.script("a.test", {{Kind::kFourOnly, {"192.0.2.1"}}});
    ResolverOptions options;
    options.servers = {dns_.server()};
    options.timeout = 100ms;
    remake(options);
    equal("192.0.2.1", text("a.test"));
  }

  std::chrono::milliseconds look_up_many(int count, DnsReply reply,
                                         std::chrono::milliseconds patience, int& found) {
    dns_.script_all_others(std::move(reply));
    const auto began = std::chrono::steady_clock::now();
    int answered = 0;
    for (int i = 0; i < count; ++i) {
      resolver_->resolve("n" + std::to_string(i) + ".test", [&](const Answer& answer) {
        ++answered;
        found += answer.has_value();
      });
    }
    CPPUNIT_ASSERT(until([&] { return answered == count; }, patience));
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 began);
  }

  void looks_up_thousands_of_names_at_once() {
    int found = 0;
    look_up_many(2000, addresses({"192.0.2.1", "192.0.2.2"}), 20s, found);
    CPPUNIT_ASSERT_EQUAL(2000, found);
    counted(0, 2000, 0, 0);
  }

  void ten_thousand_silent_names_cost_little() {
    const std::clock_t began = std::clock();
    int found = 0;
    look_up_many(10'000, {Kind::kSilence}, 40s, found);
    CPPUNIT_ASSERT_EQUAL(0, found);
    const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    CPPUNIT_ASSERT_MESSAGE(std::to_string(seconds) + " s of CPU", seconds < 10);
  }

  void may_be_destroyed_by_a_callback() {
    dns_.script("a.test", {addresses({"192.0.2.1"})});
    int told = 0;
    for (int i = 0; i < 3; ++i) {
      resolver_->resolve("a.test", [&](const Answer&) {
        ++told;
        resolver_.reset();
      });
    }
    CPPUNIT_ASSERT(until([&] { return told > 0; }));
    CPPUNIT_ASSERT_EQUAL(3, told);  // they had their answer already
    loop_.poll();
  }

  void may_be_destroyed_while_it_asks() {
    dns_.script_all_others({Kind::kSilence});
    dns_.script("a.test", {{Kind::kTruncated, {"192.0.2.1"}}});
    bool told = false;
    resolver_->resolve("a.test", [&](const Answer&) {});
    resolver_->resolve("silent.test", [&](const Answer&) { told = true; });
    CPPUNIT_ASSERT(until([&] { return dns_.questions("a.test") > 0; }));
    resolver_.reset();
    clock_.jump(60s);
    for (int i = 0; i < 10; ++i) loop_.poll();
    CPPUNIT_ASSERT(!told);
  }

  void close_ends_what_waits() {
    dns_.script_all_others({Kind::kSilence});
    std::optional<Answer> first;
    std::optional<Answer> second;
    resolver_->resolve("a.test", [&](const Answer& found) {
      first = found;
      resolver_->resolve("b.test", [&](const Answer& later) { second = later; });
    });
    loop_.poll();
    resolver_->close();
    CPPUNIT_ASSERT(first && first->error().code == ErrorCode::kUnavailable);
    CPPUNIT_ASSERT(second && second->error().code == ErrorCode::kUnavailable);
  }

  test::FakeDns dns_;
  test::ShiftedClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  std::optional<Resolver> resolver_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResolverTest);
}  // namespace muster
