#include "aggregator/app/fleet_checks.h"

#include <cppunit/extensions/HelperMacros.h>

#include <set>

#include "tests/fakes/fake_clock.h"
#include "tests/support/sample_result.h"

namespace muster {

namespace {

// Every check answers at once and has its probe noted.
class AnsweringChecks final : public CheckFactory {
 public:
  std::unique_ptr<Check> make_check(ServerPointer, ProbeSpecPointer probe) override {
    return std::make_unique<Answering>(asked, probe);
  }
  void forget(ServerKey, const std::string&) override {}

  std::set<std::string> asked;

 private:
  class Answering final : public Check {
   public:
    Answering(std::set<std::string>& asked, ProbeSpecPointer probe)
        : asked_(asked), probe_(std::move(probe)) {}
    StartOutcome start(std::int64_t) override { return StartOutcome::kStarted; }
    void start_now(Done done) override {
      asked_.insert(probe_->name);
      done({});
    }

   private:
    std::set<std::string>& asked_;
    const ProbeSpecPointer probe_;
  };
};

}  // namespace

class FleetChecksTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FleetChecksTest);
  CPPUNIT_TEST(asks_the_probes_that_decide_health);
  CPPUNIT_TEST(asks_the_probes_that_collect_metrics);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    for (const auto& [name, decides] :
         {std::pair("ping", true), std::pair("database", true), std::pair("metrics", false)}) {
      auto probe = std::make_shared<ProbeSpec>();
      probe->name = name;
      probe->affects_health = decides;
      probes_.push_back(std::move(probe));
    }
    server_->key = 1;
    loop_scheduler_.set_probes(probes_);
    loop_scheduler_.upsert(server_);
    live_.upsert(server_);
  }

 private:
  std::set<std::string> asked(ChecksWanted wanted) {
    checks_.asked.clear();
    bool answered = false;
    FleetChecks(scheduler_, live_).check(1, wanted, [&](const auto&) { answered = true; });
    loop_.poll();
    CPPUNIT_ASSERT(answered);
    return checks_.asked;
  }

  void asks_the_probes_that_decide_health() {
    CPPUNIT_ASSERT(asked(ChecksWanted::kHealth) == (std::set<std::string>{"ping", "database"}));
  }

  // A probe that decides health may bring metrics too; that is known once it has.
  void asks_the_probes_that_collect_metrics() {
    CPPUNIT_ASSERT(asked(ChecksWanted::kMetrics) == std::set<std::string>{"metrics"});
    for (const ProbeSpecPointer& probe : probes_) {
      CheckResult result;
      result.server = server_;
      result.probe = probe;
      if (probe->name == "database") {
        result.metrics = {{"connections", Metric::Kind::kGauge, 7, {}}};
      }
      live_.on_result(result, test::sample_verdict());
    }
    CPPUNIT_ASSERT(asked(ChecksWanted::kMetrics) == (std::set<std::string>{"database", "metrics"}));
  }

  test::FakeClock clock_;
  EventLoop loop_{"test", clock_};
  AnsweringChecks checks_;
  ScheduleCounters counters_;
  LoopScheduler loop_scheduler_{loop_, checks_, counters_};
  FleetScheduler scheduler_{{{&loop_, &loop_scheduler_}}};
  LiveTable live_;
  std::shared_ptr<Server> server_ = std::make_shared<Server>();
  LoopScheduler::Probes probes_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FleetChecksTest);
}  // namespace muster
