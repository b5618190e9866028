#include "aggregator/live/live_table.h"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

namespace muster {
using namespace std::chrono_literals;

class LiveTableTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LiveTableTest);
  CPPUNIT_TEST(begins_with_what_the_database_knew);
  CPPUNIT_TEST(says_why_when_that_waited_on_disk);
  CPPUNIT_TEST(shows_the_newest_result_of_each_probe);
  CPPUNIT_TEST(only_an_answer_counts_as_seen);
  CPPUNIT_TEST(a_change_keeps_what_was_found);
  CPPUNIT_TEST(forgets_probes_that_are_not_for_it_any_more);
  CPPUNIT_TEST(an_older_version_comes_too_late);
  CPPUNIT_TEST(what_was_removed_stays_removed);
  CPPUNIT_TEST(counts_by_state_and_organization);
  CPPUNIT_TEST(many_threads_may_use_it);
  CPPUNIT_TEST_SUITE_END();

  static std::shared_ptr<Server> make_server(ServerKey key, OrganizationKey organization = 1) {
    auto server = std::make_shared<Server>();
    server->key = key;
    server->organization = organization;
    server->name = "node-" + std::to_string(key);
    server->version = 1;
    return server;
  }

  static ProbeSpecPointer make_probe(const std::string& name) {
    auto probe = std::make_shared<ProbeSpec>();
    probe->name = name;
    return probe;
  }

  static CheckResult make_result(const ServerPointer& server, const std::string& probe,
                                 FailureReason reason, int http_status, WallTime at) {
    CheckResult result;
    result.server = server;
    result.probe = make_probe(probe);
    result.status = reason == FailureReason::kNone ? CheckStatus::kOk : CheckStatus::kCritical;
    result.reason = reason;
    result.http_status = http_status;
    result.started_at = at;
    return result;
  }

  void feed(const ServerPointer& server, HealthState state,
            FailureReason reason = FailureReason::kNone, int http_status = 200,
            WallTime at = WallTime(1s), const std::string& probe = "health") {
    table_.on_result(make_result(server, probe, reason, http_status, at), {state, at, {}});
  }

  void begins_with_what_the_database_knew() {
    const auto server = make_server(7);
    server->known_state = HealthState::kCritical;
    server->known_since = WallTime(5s);
    table_.upsert(server);
    const auto live = table_.find(7);
    CPPUNIT_ASSERT(live && live->state == HealthState::kCritical);
    CPPUNIT_ASSERT(live->since == WallTime(5s));
    CPPUNIT_ASSERT(!live->last_seen && live->checks.empty());
    CPPUNIT_ASSERT(!table_.find(8));
  }

  void says_why_when_that_waited_on_disk() {
    const auto server = make_server(7);
    server->known_state = HealthState::kUnreachable;
    server->known_reason = FailureReason::kRefused;
    server->known_words = say("nobody listens");
    table_.upsert(server);
    const auto live = table_.find(7);
    CPPUNIT_ASSERT(live->reason == FailureReason::kRefused);
    CPPUNIT_ASSERT(live->words && live->words->message == "nobody listens");
  }

  void shows_the_newest_result_of_each_probe() {
    const auto server = make_server(7);
    table_.upsert(server);
    feed(server, HealthState::kHealthy, FailureReason::kNone, 200, WallTime(1s));
    feed(server, HealthState::kHealthy, FailureReason::kNone, 200, WallTime(2s), "metrics");
    feed(server, HealthState::kCritical, FailureReason::kStatusCode, 500, WallTime(3s));
    const auto live = table_.find(7);
    CPPUNIT_ASSERT(live->state == HealthState::kCritical);
    CPPUNIT_ASSERT(live->since == WallTime(3s));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, live->checks.size());
    CPPUNIT_ASSERT_EQUAL(std::string("health"), live->checks[0].probe->name);
    CPPUNIT_ASSERT(live->checks[0].reason == FailureReason::kStatusCode);
    CPPUNIT_ASSERT(live->checks[0].at == WallTime(3s));
    CPPUNIT_ASSERT(live->checks[1].reason == FailureReason::kNone);
  }

  void only_an_answer_counts_as_seen() {
    const auto server = make_server(7);
    table_.upsert(server);
    feed(server, HealthState::kUnreachable, FailureReason::kRefused, 0, WallTime(1s));
    CPPUNIT_ASSERT(!table_.find(7)->last_seen);
    feed(server, HealthState::kCritical, FailureReason::kStatusCode, 503, WallTime(2s));
    CPPUNIT_ASSERT(table_.find(7)->last_seen == WallTime(2s));
    feed(server, HealthState::kUnreachable, FailureReason::kTimeoutResponse, 0, WallTime(3s));
    CPPUNIT_ASSERT(table_.find(7)->last_seen == WallTime(2s));
    feed(server, HealthState::kHealthy, FailureReason::kNone, 0, WallTime(4s));  // not over HTTP
    CPPUNIT_ASSERT(table_.find(7)->last_seen == WallTime(4s));
  }

  void a_change_keeps_what_was_found() {
    const auto server = make_server(7);
    table_.upsert(server);
    feed(server, HealthState::kDegraded);
    const auto renamed = make_server(7);
    renamed->version = 2;
    renamed->name = "renamed";
    table_.upsert(renamed);
    const auto live = table_.find(7);
    CPPUNIT_ASSERT_EQUAL(std::string("renamed"), live->server->name);
    CPPUNIT_ASSERT(live->state == HealthState::kDegraded);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, live->checks.size());
  }

  void forgets_probes_that_are_not_for_it_any_more() {
    const auto server = make_server(7);
    server->tags = {"db"};
    table_.upsert(server);
    auto for_databases = std::make_shared<ProbeSpec>();
    for_databases->name = "database";
    for_databases->select.tags = {"db"};
    CheckResult result = make_result(server, "", FailureReason::kNone, 200, WallTime(1s));
    result.probe = for_databases;
    table_.on_result(result, {HealthState::kHealthy, WallTime(1s), {}});
    feed(server, HealthState::kHealthy);
    const auto retagged = make_server(7);
    retagged->version = 2;
    table_.upsert(retagged);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, table_.find(7)->checks.size());
    table_.keep_probes({"health"});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, table_.find(7)->checks.size());
    table_.keep_probes({"other"});
    CPPUNIT_ASSERT(table_.find(7)->checks.empty());
  }

  // Two requests may change a server at once and announce it in the other order.
  void an_older_version_comes_too_late() {
    const auto newer = make_server(7);
    newer->version = 3;
    newer->name = "newer";
    table_.upsert(newer);
    table_.upsert(make_server(7));
    CPPUNIT_ASSERT_EQUAL(std::string("newer"), table_.find(7)->server->name);
  }

  void what_was_removed_stays_removed() {
    const auto server = make_server(7);
    table_.upsert(server);
    table_.remove(server);
    feed(server, HealthState::kHealthy);  // of a check that was in flight
    CPPUNIT_ASSERT(!table_.find(7));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, table_.size());
    table_.remove(server);
  }

  void counts_by_state_and_organization() {
    for (ServerKey key = 1; key <= 40; ++key) {
      const auto server = make_server(key, key % 2);
      table_.upsert(server);
      if (key <= 10) feed(server, HealthState::kCritical);
    }
    const auto all = table_.count_by_state(std::nullopt);
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, all[static_cast<std::size_t>(HealthState::kCritical)]);
    CPPUNIT_ASSERT_EQUAL(std::size_t{30}, all[static_cast<std::size_t>(HealthState::kUnknown)]);
    const auto odd = table_.count_by_state(1);
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, odd[static_cast<std::size_t>(HealthState::kCritical)]);
    CPPUNIT_ASSERT_EQUAL(std::size_t{15}, odd[static_cast<std::size_t>(HealthState::kUnknown)]);
    CPPUNIT_ASSERT_EQUAL(std::size_t{40}, table_.size());
    std::size_t visited = 0;
    table_.for_each([&](const LiveServer&) { ++visited; });
    CPPUNIT_ASSERT_EQUAL(std::size_t{40}, visited);
  }

  void many_threads_may_use_it() {
    std::vector<std::thread> loops;
    for (int loop = 0; loop < 4; ++loop) {
      loops.emplace_back([this, loop] {
        for (int i = 0; i < 2'000; ++i) {
          const auto server = make_server(loop * 10 + i % 10);
          table_.upsert(server);
          feed(server, HealthState::kHealthy);
          if (i % 10 == 9) table_.remove(server);
        }
      });
    }
    for (int i = 0; i < 200; ++i) table_.count_by_state(std::nullopt);
    for (std::thread& loop : loops) loop.join();
    CPPUNIT_ASSERT_EQUAL(std::size_t{36}, table_.size());
  }

  LiveTable table_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LiveTableTest);
}  // namespace muster
