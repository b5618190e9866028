#include "agent-shim/check_runner.h"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <functional>
#include <latch>
#include <stdexcept>

#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"

namespace muster {
using namespace shim;
using namespace std::chrono_literals;
namespace {

class ScriptedCheck final : public ComponentCheck {
 public:
  using Script = std::function<Result<std::string>()>;
  explicit ScriptedCheck(Script script) : script_(std::move(script)) {}
  Result<std::string> run(const Deadline&) const override { return script_(); }

 private:
  const Script script_;
};

// Waits on its deadline as a check that talks to a silent server does.
class SilentCheck final : public ComponentCheck {
 public:
  Result<std::string> run(const Deadline& deadline) const override {
    return fail(deadline.wait(-1, 0).error());
  }
};

class AtEnd {
 public:
  explicit AtEnd(std::function<void()> action) : action_(std::move(action)) {}
  ~AtEnd() { action_(); }

 private:
  const std::function<void()> action_;
};

CheckPlan plan(const char* name, std::unique_ptr<ComponentCheck> check,
               std::chrono::milliseconds timeout = 20s) {
  return {name, true, timeout, std::move(check)};
}

CheckPlan scripted(const char* name, ScriptedCheck::Script script,
                   std::chrono::milliseconds timeout = 20s) {
  return plan(name, std::make_unique<ScriptedCheck>(std::move(script)), timeout);
}

}  // namespace

class CheckRunnerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CheckRunnerTest);
  CPPUNIT_TEST(answers_in_the_order_of_the_plans);
  CPPUNIT_TEST(keeps_outcomes_for_the_cache_time);
  CPPUNIT_TEST(runs_all_checks_at_the_same_time);
  CPPUNIT_TEST(reports_a_hung_check_and_does_not_start_it_again);
  CPPUNIT_TEST(turns_an_exception_into_an_unhealthy_outcome);
  CPPUNIT_TEST(makes_messages_printable);
  CPPUNIT_TEST(ends_at_once_on_interrupt);
  CPPUNIT_TEST_SUITE_END();

  test::FakeClock clock_;
  Interrupt interrupt_;

  std::vector<CheckPlan> plans_;
  std::unique_ptr<CheckRunner> runner_;

  void start(std::chrono::milliseconds cache = 5s) {
    runner_ = std::make_unique<CheckRunner>(std::move(plans_), cache, clock_, interrupt_);
  }

  void answers_in_the_order_of_the_plans() {
    plans_.push_back(scripted("b", [] { return "fine"; }));
    plans_.push_back(scripted("a", [] { return fail(ErrorCode::kTimeout, "late"); }));
    start();
    const auto outcomes = runner_->outcomes();
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, outcomes.size());
    CPPUNIT_ASSERT(outcomes[0].name == "b" && outcomes[0].healthy && outcomes[0].message == "fine");
    CPPUNIT_ASSERT(outcomes[1].name == "a" && !outcomes[1].healthy);
    CPPUNIT_ASSERT_EQUAL(std::string("late"), outcomes[1].message);
  }

  void keeps_outcomes_for_the_cache_time() {
    std::atomic<int> runs{0};
    plans_.push_back(scripted("a", [&] { return std::to_string(++runs); }));
    start(5s);
    runner_->outcomes();
    clock_.advance(4999ms);
    CPPUNIT_ASSERT_EQUAL(std::string("1"), runner_->outcomes()[0].message);
    clock_.advance(1ms);
    CPPUNIT_ASSERT_EQUAL(std::string("2"), runner_->outcomes()[0].message);
    runner_.reset();
  }

  void runs_all_checks_at_the_same_time() {
    constexpr int kChecks = 16;
    std::atomic<int> here{0};
    for (int i = 0; i < kChecks; ++i) {
      plans_.push_back(scripted("a", [&]() -> Result<std::string> {
        ++here;  // and wait for the others, who are there only if nobody is waited for in turn
        const bool met = test::eventually(10s, [&] { return here == kChecks; });
        return met ? Result<std::string>("met the others") : fail(ErrorCode::kTimeout, "alone");
      }));
    }
    start();
    const auto outcomes = runner_->outcomes();
    runner_.reset();
    for (const auto& outcome : outcomes) CPPUNIT_ASSERT(outcome.healthy);
  }

  void reports_a_hung_check_and_does_not_start_it_again() {
    std::latch release(1);
    std::atomic<int> runs{0};
    const AtEnd open_the_gate([&] {  // on a failed assertion too, or the worker would never end
      if (!release.try_wait()) release.count_down();
      runner_.reset();
    });
    const auto hang = [&] {
      ++runs;
      release.wait();
      return "at last";
    };
    plans_.push_back(scripted("hung", hang, 1ms));
    plans_.push_back(scripted("fine", [] { return "fine"; }));
    start();
    for (int ask = 1; ask <= 2; ++ask) {
      const auto outcomes = runner_->outcomes();
      CPPUNIT_ASSERT(!outcomes[0].healthy);
      CPPUNIT_ASSERT(outcomes[0].message.starts_with("the check hangs"));
      CPPUNIT_ASSERT(outcomes[1].healthy);
      CPPUNIT_ASSERT_EQUAL(1, runs.load());
      clock_.advance(1h);  // the second ask finds it overdue and does not wait at all
    }
    CPPUNIT_ASSERT(runner_->outcomes()[0].message.find("7200000 ms") != std::string::npos);
    release.count_down();
    CPPUNIT_ASSERT(test::eventually(10s, [&] { return runner_->outcomes()[0].healthy; }));
  }

  void turns_an_exception_into_an_unhealthy_outcome() {
    plans_.push_back(
        scripted("a", []() -> Result<std::string> { throw std::runtime_error("no memory"); }));
    start();
    const auto outcome = runner_->outcomes()[0];
    CPPUNIT_ASSERT(!outcome.healthy);
    CPPUNIT_ASSERT_EQUAL(std::string("no memory"), outcome.message);
  }

  void makes_messages_printable() {
    plans_.push_back(scripted("a", [] { return "bad\n\xff" + std::string(1000, 'x'); }));
    start();
    const std::string message = runner_->outcomes()[0].message;
    CPPUNIT_ASSERT(message.starts_with("bad??xxx"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{203}, message.size());
  }

  void ends_at_once_on_interrupt() {
    plans_.push_back(plan("a", std::make_unique<SilentCheck>(), 60s));
    start();
    interrupt_.raise();
    CPPUNIT_ASSERT_EQUAL(std::string("stopping"), runner_->outcomes()[0].message);
    runner_.reset();
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CheckRunnerTest);
}  // namespace muster
