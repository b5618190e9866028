// The main job on real sockets and a real database: what a server answers is what the API, the
// metrics and PostgreSQL say of it.
#include <mutex>
#include <optional>
#include <regex>
#include <thread>

#include "tests/integration/musterd_suite.h"
#include "tests/support/free_port.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

// `asked` is so rare that only the test runs it.
const std::string kProbes =
    "- {name: watch, plugin: http_health, every: 1s, timeout: 1s, select: {tags: [watched]}}\n"
    "- {name: asked, plugin: http_health, every: 1d, timeout: 1s, select: {tags: [asked]}}\n"
    "- {name: metrics, plugin: metrics_pull, every: 1s, timeout: 1s, affects_health: false,"
    " select: {tags: [measured]}}\n";

const std::string kWatched = R"("tags":["watched"])";
const std::string kAsked = R"("tags":["asked"])";

FakeAnswer silence(const std::string&) {
  return {"", FakeAnswer::Then::kHang};
}
FakeAnswer reset(const std::string&) {
  return {"", FakeAnswer::Then::kReset};
}
FakeAnswer broken(const std::string&) {
  return answer_with(200, R"({"status":)");
}
FakeAnswer refused(const std::string&) {
  return answer_with(401, "{}");
}
FakeAnswer missing(const std::string&) {
  return answer_with(404, "{}");
}
FakeAnswer too_large(const std::string&) {
  return answer_with(200, std::string(2'000'000, ' '));
}
FakeAnswer degraded(const std::string&) {
  return answer_with(200, R"({"status":"degraded"})");
}

FakeAnswer measured(const std::string& request) {
  if (request.find(" /health ") != std::string::npos) return healthy();
  return answer_with(200, R"({"cpu":{"usage_percent":12.5},"memory":{"usage_percent":40}})");
}

}  // namespace

class MusterdWatchTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdWatchTest);
  CPPUNIT_TEST(registers_checks_and_records);
  CPPUNIT_TEST(names_each_way_to_fail);
  CPPUNIT_TEST(keeps_the_metrics_of_a_server);
  CPPUNIT_TEST(follows_a_server_by_its_thresholds);
  CPPUNIT_TEST(sees_a_server_die_and_finds_it_where_it_moved);
  CPPUNIT_TEST(a_moved_server_is_asked_at_once);
  CPPUNIT_TEST(asks_no_more_once_deleted);
  CPPUNIT_TEST(maintenance_hides_the_state);
  CPPUNIT_TEST(shows_the_server_its_own_token);
  CPPUNIT_TEST(answers_a_check_whose_server_goes_away);
  CPPUNIT_TEST_SUITE_END();

  struct Watch {
    StateFolder state;
    Daemon daemon{state.path(), {kProbes}};
    Watch() { daemon.start(); }
  };

  static Watch& watch() {
    static Watch running;
    return running;
  }
  static Daemon& daemon() { return watch().daemon; }

  // The first field of the first row.
  static std::string sql(const std::string& statement) {
    Connection connection = must(Connection::open({watch().state.conninfo()}));
    const Rows rows = must(connection.exec(statement));
    return rows.empty() ? "" : std::string(rows.text(0, 0));
  }

  static std::string stored(const ApiAnswer& server, const std::string& column) {
    return sql("SELECT " + column + " FROM managed_servers WHERE id = '" + server.text("id") + "'");
  }

  // Of all its checks in order of time, a letter for the result and one for the state behind it.
  static std::string history(const ApiAnswer& server) {
    return sql(
        "SELECT string_agg(h.status::text || h.state::text, ' ' ORDER BY h.ts) "
        "FROM server_health_checks AS h JOIN managed_servers USING (server_key) WHERE id = '" +
        server.text("id") + "'");
  }

  static ApiAnswer shown(const ApiAnswer& server) {
    return daemon().api("GET", server_path(server));
  }

  static void wait_for_health(const ApiAnswer& server, const std::string& health) {
    std::string seen;
    eventually(kPatience, [&] { return (seen = shown(server).text("health_status")) == health; });
    CPPUNIT_ASSERT_EQUAL_MESSAGE(daemon().log(), health, seen);
    eventually(kPatience, [&] { return (seen = stored(server, "health_status")) == health; });
    CPPUNIT_ASSERT_EQUAL_MESSAGE("in the database", health, seen);
  }

  static void remove(const ApiAnswer& server) {
    CPPUNIT_ASSERT_EQUAL(204, daemon().api("DELETE", server_path(server)).status);
  }

  void registers_checks_and_records() {
    ChangingServer server;
    const ApiAnswer added = daemon().add_server("recorded", server.url(), kWatched);
    CPPUNIT_ASSERT_EQUAL(std::string("ok"), added.text("check.status"));
    CPPUNIT_ASSERT_EQUAL(std::string("200"), added.text("check.http_status"));
    CPPUNIT_ASSERT_EQUAL(std::string("watch"), added.text("check.probe"));
    wait_for_health(added, "healthy");
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return history(added).size() > 8; }));
    CPPUNIT_ASSERT_EQUAL(std::string("oh oh oh"), history(added).substr(0, 8));
    CPPUNIT_ASSERT(!shown(added).text("last_seen_at").empty());
    CPPUNIT_ASSERT(!stored(added, "last_seen_at").empty());
    const auto page = daemon().api("GET", server_path(added) + "/health-history?limit=2");
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), page.text("items[1].state"));
    CPPUNIT_ASSERT_EQUAL(
        0.0, daemon().metric(R"(muster_server_health{organization="1",server="recorded"})"));
    remove(added);
  }

  static void expect_first_check(const std::string& name, const std::string& url,
                                 const std::string& status, const std::string& reason,
                                 const std::string& health) {
    const ApiAnswer added = daemon().add_server(name, url, kAsked);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, reason, added.text("check.reason"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, status, added.text("check.status"));
    wait_for_health(added, health);
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      const auto page = daemon().api("GET", server_path(added) + "/health-history");
      return page.text("items[0].reason") == reason;
    }));
    remove(added);
  }

  void names_each_way_to_fail() {
    const std::string nobody = "http://127.0.0.1:" + std::to_string(free_port());
    expect_first_check("nobody", nobody, "critical", "refused", "unreachable");
    const auto expect = [](const std::string& name, ChangingServer::Answer answer,
                           const std::string& status, const std::string& reason,
                           const std::string& health) {
      ChangingServer server(answer);
      expect_first_check(name, server.url(), status, reason, health);
    };
    expect("unhealthy", unhealthy, "critical", "reported_unhealthy", "critical");
    expect("degraded", degraded, "warning", "reported_unhealthy", "degraded");
    expect("silent", silence, "critical", "timeout_response", "unreachable");
    expect("resetting", reset, "critical", "reset", "unreachable");
    expect("broken", broken, "critical", "bad_document", "critical");
    expect("too-large", too_large, "critical", "body_too_large", "critical");
    expect("refused", refused, "unknown", "auth", "unknown");
    expect("missing", missing, "unknown", "not_found", "unknown");
  }

  void keeps_the_metrics_of_a_server() {
    ChangingServer server(measured);
    const ApiAnswer added =
        daemon().add_server("measured", server.url(), R"("tags":["asked","measured"])");
    ApiAnswer page;
    CPPUNIT_ASSERT_MESSAGE(page.body, eventually(kPatience, [&] {
                             page = daemon().api("GET", server_path(added) + "/metrics?period=1m");
                             return page.text("items[0].cpu_percent") == "12.5";
                           }));
    CPPUNIT_ASSERT_EQUAL(std::string("40"), page.text("items[0].memory_percent"));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"), shown(added).text("health_status"));
    remove(added);
  }

  // What the history holds is the same whether the test or the schedule asked.
  void follows_a_server_by_its_thresholds() {
    ChangingServer server;
    const ApiAnswer added = daemon().add_server("wavering", server.url(), kAsked);
    const auto ask_until = [&](const std::string& health) {
      CPPUNIT_ASSERT(eventually(kPatience, [&] {
        const auto asked = daemon().api("POST", server_path(added) + "/health-check");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(asked.body, 200, asked.status);
        return asked.text("health_status") == health;
      }));
      wait_for_health(added, health);
    };
    ask_until("healthy");
    server.answer(unhealthy);
    ask_until("critical");
    CPPUNIT_ASSERT_EQUAL(std::string("unhealthy: disk"), shown(added).text("health_message"));
    server.answer(healthy);
    ask_until("healthy");
    const std::string all = history(added);
    CPPUNIT_ASSERT_MESSAGE(
        all, std::regex_match(all, std::regex("oh( oh)* ch ch cc( cc)* oc oh( oh)*")));
    remove(added);
  }

  void sees_a_server_die_and_finds_it_where_it_moved() {
    std::optional<ChangingServer> old_place(std::in_place);
    const ApiAnswer added = daemon().add_server("moving", old_place->url(), kWatched);
    wait_for_health(added, "healthy");
    old_place.reset();
    wait_for_health(added, "unreachable");
    const ApiAnswer dead = shown(added);
    CPPUNIT_ASSERT_EQUAL(std::string("refused"), dead.text("health_reason"));

    ChangingServer new_place;
    const auto patched =
        daemon().api("PATCH", server_path(added), R"({"api_url":")" + new_place.url() + "\"}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(patched.body, 200, patched.status);
    CPPUNIT_ASSERT_EQUAL(dead.text("last_seen_at"), patched.text("last_seen_at"));
    wait_for_health(added, "healthy");
    CPPUNIT_ASSERT(new_place.requests() >= 2);
    CPPUNIT_ASSERT(shown(added).text("last_seen_at") > dead.text("last_seen_at"));
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return stored(added, "last_seen_at > health_since") == "t" ||
             stored(added, "last_seen_at = health_since") == "t";
    }));
    remove(added);
  }

  // That its old place is hardly tried any more says nothing of the new one.
  void a_moved_server_is_asked_at_once() {
    const std::string nobody = "http://127.0.0.1:" + std::to_string(free_port());
    const ApiAnswer added = daemon().add_server("given-up", nobody, kWatched);
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      return daemon().metric(R"(muster_slots_skipped_total{reason="breaker"})") > 0;
    }));
    ChangingServer new_place;
    daemon().api("PATCH", server_path(added), R"({"api_url":")" + new_place.url() + "\"}");
    CPPUNIT_ASSERT(eventually(10s, [&] { return new_place.requests() > 0; }));
    remove(added);
  }

  // Another server on the same interval tells when the deleted one's turn is over.
  void asks_no_more_once_deleted() {
    ChangingServer deleted;
    ChangingServer kept;
    const ApiAnswer first = daemon().add_server("deleted", deleted.url(), kWatched);
    const ApiAnswer second = daemon().add_server("kept", kept.url(), kWatched);
    const auto wait_for_more = [](const ChangingServer& server, int more) {
      const int before = server.requests();
      CPPUNIT_ASSERT(eventually(kPatience, [&] { return server.requests() >= before + more; }));
    };
    wait_for_more(deleted, 1);
    remove(first);
    CPPUNIT_ASSERT_EQUAL(404, shown(first).status);
    wait_for_more(kept, 1);  // what was in flight has arrived by then
    const int requests = deleted.requests();
    wait_for_more(kept, 3);
    CPPUNIT_ASSERT_EQUAL(requests, deleted.requests());
    remove(second);
  }

  void maintenance_hides_the_state() {
    ChangingServer server;
    const ApiAnswer added = daemon().add_server("maintained", server.url(), kWatched);
    wait_for_health(added, "healthy");
    daemon().api("PATCH", server_path(added), R"({"status":"maintenance"})");
    server.answer(unhealthy);
    wait_for_health(added, "maintenance");
    daemon().api("PATCH", server_path(added), R"({"status":"active"})");
    wait_for_health(added, "critical");
    remove(added);
  }

  void shows_the_server_its_own_token() {
    std::mutex mutex;
    std::string seen;
    FakeServer server([&](const std::string& request) {
      const std::lock_guard lock(mutex);
      seen = request;
      return healthy();
    });
    const ApiAnswer added = daemon().add_server("with-token", server.url(),
                                                kAsked + R"(,"api_token":"sesame-0123456789")");
    {
      const std::lock_guard lock(mutex);
      assert_contains(seen, "Authorization: Bearer sesame-0123456789\r\n");
    }
    CPPUNIT_ASSERT(added.body.find("sesame") == std::string::npos);
    CPPUNIT_ASSERT(daemon().log().find("sesame") == std::string::npos);
    remove(added);
  }

  // A check that is asked for while its server is silent, by somebody who waits for the answer.
  class PendingCheck {
   public:
    explicit PendingCheck(const std::string& name)
        : server(daemon().add_server(name, silent_.url(), kAsked)) {
      silent_.answer(silence);
      const int before = silent_.requests();
      asking_ = std::thread(
          [this] { answer_ = daemon().api("POST", server_path(server) + "/health-check"); });
      asked_ = eventually(kPatience, [&] { return silent_.requests() > before; });
    }

    ApiAnswer answer() {
      asking_.join();
      CPPUNIT_ASSERT(asked_);
      return answer_;
    }

   private:
    ChangingServer silent_;

   public:
    const ApiAnswer server;

   private:
    ApiAnswer answer_;
    std::thread asking_;
    bool asked_ = false;
  };

  void answers_a_check_whose_server_goes_away() {
    PendingCheck removed("going");
    PendingCheck changed("changing");
    remove(removed.server);
    daemon().api("PATCH", server_path(changed.server), R"({"region":"eu"})");
    for (const ApiAnswer& answer : {removed.answer(), changed.answer()}) {
      CPPUNIT_ASSERT_MESSAGE(std::to_string(answer.status) + answer.body,
                             answer.status != 0 && answer.status != 500);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdWatchTest);
}  // namespace muster
