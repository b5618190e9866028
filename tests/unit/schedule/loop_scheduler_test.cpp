#include "aggregator/schedule/loop_scheduler.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <map>
#include <string>

#include "tests/fakes/fake_clock.h"

namespace muster {
using namespace std::chrono_literals;

namespace {

// Records what is started; a check stays open until the test finishes it.
class RecordingChecks final : public CheckFactory {
 public:
  struct Seen {
    std::vector<std::int64_t> slots;
    bool open = false;
    bool stays_open = false;
    std::vector<Check::Done> waiting;
    int made = 0;
  };

  std::unique_ptr<Check> make_check(ServerPointer server, ProbeSpecPointer probe) override {
    Seen& mine = seen[server->name + "/" + probe->name];
    ++mine.made;
    return std::make_unique<RecordingCheck>(mine);
  }
  void forget(ServerKey, const std::string& probe) override { forgotten.push_back(probe); }

  std::map<std::string, Seen> seen;
  std::vector<std::string> forgotten;

 private:
  class RecordingCheck final : public Check {
   public:
    explicit RecordingCheck(Seen& seen) : seen_(seen) {}
    StartOutcome start(std::int64_t slot_ms) override {
      if (seen_.open) return StartOutcome::kOverrun;
      seen_.slots.push_back(slot_ms);
      seen_.open = seen_.stays_open;
      return StartOutcome::kStarted;
    }
    void start_now(Done done) override { seen_.waiting.push_back(std::move(done)); }

   private:
    Seen& seen_;
  };
};

ServerPointer make_server(ServerKey key, std::int64_t version = 1) {
  auto server = std::make_shared<Server>();
  server->key = key;
  server->id.bytes[0] = static_cast<std::uint8_t>(key);
  server->id.bytes[1] = static_cast<std::uint8_t>(key >> 8);
  server->version = version;
  server->name = "node-" + std::to_string(key);
  server->region = "eu";
  return server;
}

ProbeSpecPointer make_probe(const std::string& name, std::chrono::milliseconds every = 30s) {
  auto probe = std::make_shared<ProbeSpec>();
  probe->name = name;
  probe->every = every;
  return probe;
}

}  // namespace

class LoopSchedulerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LoopSchedulerTest);
  CPPUNIT_TEST(asks_a_newcomer_at_once_and_then_in_phase);
  CPPUNIT_TEST(a_small_fleet_is_known_at_once);
  CPPUNIT_TEST(a_large_fleet_starts_evenly);
  CPPUNIT_TEST(a_fleet_that_comes_slowly_is_asked_within_one_interval);
  CPPUNIT_TEST(newcomers_are_not_made_up_for_after_a_stall);
  CPPUNIT_TEST(a_newcomer_that_goes_is_not_greeted);
  CPPUNIT_TEST(a_newcomer_is_not_asked_twice_within_a_moment);
  CPPUNIT_TEST(skips_and_counts_while_a_run_is_open);
  CPPUNIT_TEST(a_suspend_costs_slots_but_makes_no_burst);
  CPPUNIT_TEST(a_jump_of_the_wall_clock_changes_nothing);
  CPPUNIT_TEST(a_changed_server_keeps_its_place);
  CPPUNIT_TEST(an_older_version_is_ignored);
  CPPUNIT_TEST(reload_touches_only_what_changed);
  CPPUNIT_TEST(a_changed_plugin_is_taken_in_at_the_old_place);
  CPPUNIT_TEST(disabled_and_unselected_servers_are_not_asked);
  CPPUNIT_TEST(a_removed_server_is_forgotten);
  CPPUNIT_TEST(check_now_gathers_the_probes_that_are_wanted);
  CPPUNIT_TEST_SUITE_END();

  void run_for(Duration time, Duration step = 10ms) {
    for (Duration passed{0}; passed < time; passed += step) {
      clock_.advance(step);
      loop_.poll();
    }
  }

  std::vector<std::int64_t>& slots(const std::string& check) { return checks_.seen[check].slots; }

  void asks_a_newcomer_at_once_and_then_in_phase() {
    scheduler_.set_probes({make_probe("health")});
    scheduler_.upsert(make_server(1));
    run_for(100ms);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, slots("node-1/health").size());
    run_for(90s, 50ms);
    const auto seen = slots("node-1/health");
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, seen.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{30'000}, seen[2] - seen[1]);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{30'000}, seen[3] - seen[2]);
  }

  void add_servers(ServerKey first, ServerKey last) {
    for (ServerKey key = first; key <= last; ++key) scheduler_.upsert(make_server(key));
  }

  std::size_t never_asked() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        checks_.seen, [](const auto& check) { return check.second.slots.empty(); }));
  }

  void a_small_fleet_is_known_at_once() {
    scheduler_.set_probes({make_probe("health")});
    add_servers(1, 100);
    run_for(1s);
    CPPUNIT_ASSERT(counters_.started >= 50);
    CPPUNIT_ASSERT(counters_.started <= 60);  // 50 newcomers, and those whose slot it is
    run_for(1s);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, never_asked());
  }

  // As it is loaded: page by page, and the first page says nothing of how many there will be.
  void a_large_fleet_starts_evenly() {
    constexpr int kServers = 10'000;
    constexpr double kMean = kServers / 30.0;
    scheduler_.set_probes({make_probe("health")});
    for (ServerKey first = 1; first < kServers; first += 1000) {
      add_servers(first, first + 999);
      run_for(20ms);
    }
    for (int second = 0; second < 60; ++second) {
      const auto before = counters_.started.load();
      run_for(1s, 50ms);
      const auto started = static_cast<double>(counters_.started - before);
      CPPUNIT_ASSERT_MESSAGE(std::to_string(started), started <= 1.2 * kMean);
      CPPUNIT_ASSERT_MESSAGE(std::to_string(started), started >= 0.8 * kMean);
      if (second == 30) CPPUNIT_ASSERT_EQUAL(std::size_t{0}, never_asked());
    }
  }

  // As from a database that takes a second: some slots have passed when their servers come.
  void a_fleet_that_comes_slowly_is_asked_within_one_interval() {
    scheduler_.set_probes({make_probe("health")});
    for (int i = 0; i < 3000; ++i) {
      scheduler_.upsert(make_server(i));
      if (i % 30 == 0) run_for(10ms);
    }
    run_for(29s);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, never_asked());
  }

  void newcomers_are_not_made_up_for_after_a_stall() {
    scheduler_.set_probes({make_probe("health", 24h)});
    add_servers(1, 200);
    run_for(100ms);
    const auto before = counters_.started.load();
    clock_.advance(2s);
    loop_.poll();
    CPPUNIT_ASSERT(counters_.started > before);
    CPPUNIT_ASSERT(counters_.started <= before + 7);
    run_for(5s);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, never_asked());
  }

  void a_newcomer_that_goes_is_not_greeted() {
    scheduler_.set_probes({make_probe("health", 24h)});
    add_servers(1, 3);
    scheduler_.remove(2);
    run_for(1s);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, counters_.started.load());
    CPPUNIT_ASSERT(slots("node-2/health").empty());
  }

  void a_newcomer_is_not_asked_twice_within_a_moment() {
    scheduler_.set_probes({make_probe("health", 5s)});
    add_servers(1, 200);
    run_for(30s, 50ms);
    for (const auto& [name, seen] : checks_.seen) {
      for (std::size_t i = 1; i < seen.slots.size(); ++i) {
        CPPUNIT_ASSERT_MESSAGE(name, seen.slots[i] - seen.slots[i - 1] >= 1000);
      }
    }
  }

  void skips_and_counts_while_a_run_is_open() {
    checks_.seen["node-1/health"].stays_open = true;
    scheduler_.set_probes({make_probe("health")});
    scheduler_.upsert(make_server(1));
    run_for(61s, 50ms);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, slots("node-1/health").size());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, counters_.skipped_overrun.load());
  }

  void a_suspend_costs_slots_but_makes_no_burst() {
    scheduler_.set_probes({make_probe("health", 10s)});
    scheduler_.upsert(make_server(1));
    run_for(11s, 50ms);
    const auto before = slots("node-1/health").size();
    clock_.advance(60s);
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(before + 1, slots("node-1/health").size());
    CPPUNIT_ASSERT(counters_.skipped_stopped >= 5);
    run_for(10s, 50ms);
    CPPUNIT_ASSERT_EQUAL(before + 2, slots("node-1/health").size());
  }

  void a_jump_of_the_wall_clock_changes_nothing() {
    scheduler_.set_probes({make_probe("health", 10s)});
    scheduler_.upsert(make_server(1));
    run_for(25s, 50ms);
    const auto before = slots("node-1/health").size();
    clock_.set_wall(clock_.wall() + 24h);
    run_for(10s, 50ms);
    CPPUNIT_ASSERT_EQUAL(before + 1, slots("node-1/health").size());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, counters_.skipped_overload.load());
  }

  void a_changed_server_keeps_its_place() {
    scheduler_.set_probes({make_probe("health")});
    scheduler_.upsert(make_server(1));
    run_for(31s, 50ms);
    scheduler_.upsert(make_server(1, 2));
    run_for(30s, 50ms);
    const auto& seen = slots("node-1/health");
    CPPUNIT_ASSERT_EQUAL(2, checks_.seen["node-1/health"].made);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{30'000}, seen[2] - seen[1]);
    CPPUNIT_ASSERT(checks_.forgotten.empty());
  }

  void an_older_version_is_ignored() {
    scheduler_.set_probes({make_probe("health")});
    scheduler_.upsert(make_server(1, 5));
    scheduler_.upsert(make_server(1, 4));
    CPPUNIT_ASSERT_EQUAL(1, checks_.seen["node-1/health"].made);
  }

  void reload_touches_only_what_changed() {
    const auto health = make_probe("health");
    scheduler_.set_probes({health, make_probe("metrics")});
    scheduler_.upsert(make_server(1));
    scheduler_.set_probes({health, make_probe("tcp")});
    CPPUNIT_ASSERT_EQUAL(1, checks_.seen["node-1/health"].made);
    CPPUNIT_ASSERT_EQUAL(1, checks_.seen["node-1/tcp"].made);
    CPPUNIT_ASSERT(checks_.forgotten == std::vector<std::string>{"metrics"});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, counters_.checks.load());
  }

  // Its file has changed, and nothing in the configuration.
  void a_changed_plugin_is_taken_in_at_the_old_place() {
    scheduler_.set_probes({make_probe("health")});
    scheduler_.upsert(make_server(1));
    run_for(31s, 50ms);
    const auto before = slots("node-1/health");
    scheduler_.set_probes({make_probe("health")});
    CPPUNIT_ASSERT_EQUAL(2, checks_.seen["node-1/health"].made);
    CPPUNIT_ASSERT(checks_.forgotten.empty());
    run_for(30s, 50ms);
    CPPUNIT_ASSERT_EQUAL(before.size() + 1, slots("node-1/health").size());
  }

  void disabled_and_unselected_servers_are_not_asked() {
    auto probe = std::make_shared<ProbeSpec>(*make_probe("health"));
    probe->select.regions = {"us"};
    scheduler_.set_probes({probe, make_probe("metrics")});
    auto disabled = std::make_shared<Server>(*make_server(2));
    disabled->status = Server::Status::kDisabled;
    scheduler_.upsert(make_server(1));
    scheduler_.upsert(disabled);
    run_for(31s, 50ms);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, checks_.seen.size());
    CPPUNIT_ASSERT(!slots("node-1/metrics").empty());
  }

  void a_removed_server_is_forgotten() {
    scheduler_.set_probes({make_probe("health")});
    scheduler_.upsert(make_server(1));
    scheduler_.remove(1);
    run_for(31s, 50ms);
    CPPUNIT_ASSERT(slots("node-1/health").empty());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, checks_.forgotten.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, counters_.checks.load());
  }

  void check_now_gathers_the_probes_that_are_wanted() {
    auto metrics = std::make_shared<ProbeSpec>(*make_probe("metrics"));
    metrics->affects_health = false;
    scheduler_.set_probes({make_probe("health"), metrics, make_probe("tcp")});
    scheduler_.upsert(make_server(1));
    std::optional<std::size_t> answered;
    const auto decides = [](const ProbeSpec& probe) { return probe.affects_health; };
    scheduler_.check_now(1, decides, [&](auto results) { answered = results->size(); });
    CPPUNIT_ASSERT(checks_.seen["node-1/metrics"].waiting.empty());
    checks_.seen["node-1/health"].waiting.at(0)({});
    CPPUNIT_ASSERT(!answered);
    checks_.seen["node-1/tcp"].waiting.at(0)({});
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, answered.value());

    std::optional<ErrorCode> refused;
    scheduler_.check_now(9, decides, [&](auto results) { refused = results.error().code; });
    CPPUNIT_ASSERT(refused == ErrorCode::kNotFound);
    const auto none = [](const ProbeSpec&) { return false; };
    scheduler_.check_now(1, none, [&](auto results) { answered = results->size(); });
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, answered.value());
  }

  test::FakeClock clock_;
  EventLoop loop_{"test", clock_};
  RecordingChecks checks_;
  ScheduleCounters counters_;
  LoopScheduler scheduler_{loop_, checks_, counters_};
};

CPPUNIT_TEST_SUITE_REGISTRATION(LoopSchedulerTest);
}  // namespace muster
