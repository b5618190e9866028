// SIGHUP: all of a new configuration or nothing of it, and what did not change goes on as if
// nothing had happened.
#include <signal.h>

#include <map>
#include <mutex>
#include <regex>

#include "tests/integration/musterd_suite.h"

namespace muster {
using namespace test;
namespace {

std::string probe(const std::string& name, const std::string& path) {
  return "- {name: " + name +
         ", plugin: http_health, every: 1s, timeout: 1s, config: {path: " + path + "}}\n";
}

// Counts the requests for each path, and is well on all of them until told otherwise.
class CountingServer {
 public:
  std::string url() const { return server_.url(); }
  void fail() { failing_ = true; }

  int asked(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return counts_[path];
  }

  void wait_for_more(const std::string& path, int more = 2) {
    const int before = asked(path);
    CPPUNIT_ASSERT_MESSAGE(path,
                           eventually(kPatience, [&] { return asked(path) >= before + more; }));
  }

 private:
  FakeAnswer answer(const std::string& request) {
    const std::lock_guard lock(mutex_);
    const std::size_t start = request.find(' ') + 1;
    ++counts_[request.substr(start, request.find(' ', start) - start)];
    return failing_ ? unhealthy() : healthy();
  }

  std::mutex mutex_;
  std::map<std::string, int> counts_;
  std::atomic<bool> failing_{false};
  FakeServer server_{[this](const std::string& request) { return answer(request); }};
};

}  // namespace

class MusterdReloadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdReloadTest);
  CPPUNIT_TEST(a_bad_file_changes_nothing);
  CPPUNIT_TEST(a_plugins_no_is_a_fault_too);
  CPPUNIT_TEST(probes_come_change_and_go);
  CPPUNIT_TEST(an_unchanged_probe_keeps_what_it_learnt);
  CPPUNIT_TEST(many_reloads_in_a_row_are_survived);
  CPPUNIT_TEST_SUITE_END();

 public:
  void tearDown() override { reload_well(probe("health", "/health")); }

 private:
  static Daemon& daemon() {
    static StateFolder state;
    static Daemon running(state.path(), {probe("health", "/health")});
    static Daemon& started = running.start();
    return started;
  }

  static void reload_well(const std::string& probes) {
    const std::string time = "muster_config_last_reload_success_timestamp_seconds";
    const std::size_t before = count_of("config.reloaded");
    daemon().reload(probes);
    CPPUNIT_ASSERT_MESSAGE(daemon().log(), eventually(kPatience, [&] {
                             return count_of("config.reloaded") > before;
                           }));
    CPPUNIT_ASSERT_EQUAL(1.0, successful());
    CPPUNIT_ASSERT(daemon().metric(time) > 0);
  }

  static void reload_badly(const std::string& probes) {
    const std::size_t before = count_of("config.reload_refused");
    daemon().reload(probes);
    CPPUNIT_ASSERT_MESSAGE(daemon().log(), eventually(kPatience, [&] {
                             return count_of("config.reload_refused") > before;
                           }));
    CPPUNIT_ASSERT_EQUAL(0.0, successful());
  }

  static double successful() { return daemon().metric("muster_config_last_reload_successful"); }

  static std::size_t count_of(const std::string& event) {
    std::size_t count = 0;
    const std::string log = daemon().log();
    for (std::size_t at = 0; (at = log.find(event, at)) != std::string::npos; ++at) ++count;
    return count;
  }

  void a_bad_file_changes_nothing() {
    CountingServer server;
    daemon().add_server("steady", server.url());
    reload_badly(probe("health", "/elsewhere") + "- {name: other, plugin: htp_health}\n");
    assert_contains(daemon().log(), "unknown plugin");
    reload_badly("- {name: [}\n");
    server.wait_for_more("/health");
    CPPUNIT_ASSERT_EQUAL(0, server.asked("/elsewhere"));
    CPPUNIT_ASSERT_EQUAL(200, daemon().ready_status());
  }

  void a_plugins_no_is_a_fault_too() {
    reload_badly(probe("health", "no-slash-in-front"));
    assert_contains(daemon().log(), daemon().config_file().string() + ":7:");
  }

  void probes_come_change_and_go() {
    CountingServer server;
    daemon().add_server("changing", server.url());
    server.wait_for_more("/health");
    reload_well(probe("health", "/health") + probe("second", "/second"));
    server.wait_for_more("/second");
    reload_well(probe("health", "/healthz") + probe("second", "/second"));
    server.wait_for_more("/healthz");
    const int changed = server.asked("/health");
    reload_well(probe("health", "/healthz"));
    server.wait_for_more("/healthz");  // what was in flight of `second` has ended by then
    const int removed = server.asked("/second");
    server.wait_for_more("/healthz");
    CPPUNIT_ASSERT_EQUAL(changed, server.asked("/health"));
    CPPUNIT_ASSERT_EQUAL(removed, server.asked("/second"));
  }

  // The state turns critical with the third failure although a reload happened after the first.
  // Had that forgotten anything, the next result would have decided at once.
  void an_unchanged_probe_keeps_what_it_learnt() {
    CountingServer server;
    const ApiAnswer added = daemon().add_server("learning", server.url());
    server.wait_for_more("/health");
    server.fail();
    server.wait_for_more("/health", 1);
    reload_well(probe("health", "/health") +
                "- {name: second, plugin: metrics_pull, affects_health: false}\n");
    const std::string path = server_path(added) + "/health-history?probe=health&limit=500";
    std::string states;
    CPPUNIT_ASSERT_MESSAGE(states, eventually(kPatience, [&] {
                             states = letters(daemon().api("GET", path));
                             return states.ends_with("C");
                           }));
    CPPUNIT_ASSERT_MESSAGE(states, std::regex_match(states, std::regex("h+HHC+")));
  }

  // In order of time: h healthy, H failed but still held to be healthy, C failed and critical.
  static std::string letters(const ApiAnswer& history) {
    std::string letters;
    for (int i = 0;; ++i) {
      const std::string item = "items[" + std::to_string(i) + "].";
      const std::string status = history.text(item + "status");
      if (status.empty()) return {letters.rbegin(), letters.rend()};
      const bool held = history.text(item + "state") == "healthy";
      letters += status == "ok" ? 'h' : held ? 'H' : 'C';
    }
  }

  void many_reloads_in_a_row_are_survived() {
    CountingServer server;
    daemon().add_server("patient", server.url());
    for (int i = 0; i < 20; ++i) {
      daemon().reload(probe("health", i % 2 == 0 ? "/even" : "/odd"));
    }
    reload_well(probe("health", "/last"));
    server.wait_for_more("/last");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdReloadTest);
}  // namespace muster
