#include "aggregator/operations/operation_engine.h"

#include "tests/unit/operations/operation_scene.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::OperationScene;

class OperationEngineTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OperationEngineTest);
  CPPUNIT_TEST(runs_every_target_once);
  CPPUNIT_TEST(a_target_is_running_in_the_database_before_its_work_begins);
  CPPUNIT_TEST(goes_wave_by_wave_with_a_pause_between);
  CPPUNIT_TEST(stops_at_too_many_errors_and_lets_the_rest_finish);
  CPPUNIT_TEST(goes_on_with_as_many_errors_as_may_be);
  CPPUNIT_TEST(a_target_has_its_time);
  CPPUNIT_TEST(nothing_starts_after_the_deadline);
  CPPUNIT_TEST(can_be_canceled_in_the_middle);
  CPPUNIT_TEST(can_be_canceled_before_it_began);
  CPPUNIT_TEST(an_unknown_action_fails);
  CPPUNIT_TEST(outputs_are_cut_between_characters);
  CPPUNIT_TEST(operations_share_the_places);
  CPPUNIT_TEST(an_organization_has_so_many_running);
  CPPUNIT_TEST(old_ones_are_forgotten);
  CPPUNIT_TEST_SUITE_END();

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<OperationScene> made_;
  OperationScene& s() { return made_ ? *made_ : made_.emplace(); }

  void expect(const std::string& state, const Uuid& id) {
    CPPUNIT_ASSERT_EQUAL(state, s().state(id));
  }

  void runs_every_target_once() {
    const Uuid id = s().make({.targets = 7, .limits = {.max_concurrency = 3}});
    expect("pending", id);
    s().turn();
    expect("running", id);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, s().action->open.size());
    CPPUNIT_ASSERT_EQUAL(3, s().count(id, TargetState::kRunning));
    while (!s().action->open.empty()) {
      CPPUNIT_ASSERT(s().action->open.size() <= 3);
      s().action->end(1);
      s().turn();
    }
    expect("succeeded", id);
    CPPUNIT_ASSERT_EQUAL(7, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT_EQUAL(std::size_t{7}, s().action->runs_of.size());
    CPPUNIT_ASSERT(s().nobody_ran_twice());
    CPPUNIT_ASSERT_EQUAL(std::string("done"), s().output_of(id, 6));
    CPPUNIT_ASSERT(s().record(id).started_at == s().clock.wall());
    CPPUNIT_ASSERT(s().record(id).finished_at == s().clock.wall());
    CPPUNIT_ASSERT(s().engine->idle());
  }

  // Seen from inside of the action.
  void a_target_is_running_in_the_database_before_its_work_begins() {
    class Looking final : public OperationAction {
     public:
      explicit Looking(OperationScene& scene) : scene_(scene) {}
      std::string_view name() const override { return "looking"; }
      Role role() const override { return Role::kOperator; }
      std::vector<ParameterMistake> mistakes(const OperationParameters&) const override {
        return {};
      }
      std::optional<std::string> reason_to_skip(const OperationCandidate&,
                                                const OperationParameters&) const override {
        return std::nullopt;
      }
      bool blocks() const override { return false; }
      void run(const TargetRun& target, Done done) override {
        seen = scene_.data.number(
            "SELECT count(*) FROM fleet_operation_targets WHERE server_id = $1 "
            "AND state = 'running' AND attempts = 1 AND started_at IS NOT NULL",
            {target.server_id});
        done({TargetState::kSucceeded, ""});
      }
      std::int64_t seen = -1;

     private:
      OperationScene& scene_;
    };
    auto looking = std::make_unique<Looking>(s());
    const Looking& looked = *looking;
    s().actions.add(std::move(looking));
    s().make({.action = "looking"});
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, looked.seen);
  }

  void goes_wave_by_wave_with_a_pause_between() {
    const Uuid id = s().make({.targets = 10,
                              .waves = {{1, false}, {20, true}, {100, true}},
                              .limits = {.max_concurrency = 100, .pause_between = 30s}});
    std::vector<std::size_t> started;
    for (int wave = 0; wave < 3; ++wave) {
      s().turn();
      started.push_back(s().action->open.size());
      s().action->end(s().action->open.size());
      s().turn();
      CPPUNIT_ASSERT(s().action->open.empty());
      s().clock.advance(29s);
      s().turn();
      CPPUNIT_ASSERT(s().action->open.empty());
      s().clock.advance(1s);
    }
    CPPUNIT_ASSERT(started == (std::vector<std::size_t>{1, 2, 7}));
    expect("succeeded", id);
  }

  void stops_at_too_many_errors_and_lets_the_rest_finish() {
    const Uuid id = s().make({.targets = 10, .limits = {.max_concurrency = 4, .max_errors = 1}});
    s().turn();
    s().action->end(1, TargetState::kFailed);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, s().action->open.size());
    s().action->end(1, TargetState::kUnreachable, "nobody there");
    s().turn();
    expect("running", id);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, s().action->open.size());
    CPPUNIT_ASSERT_EQUAL(5, s().count(id, TargetState::kCanceled));
    s().action->end(3);
    s().turn();
    expect("failed", id);
    CPPUNIT_ASSERT_EQUAL(std::string("max_errors"), s().record(id).stop_reason.value());
    CPPUNIT_ASSERT_EQUAL(3, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT_EQUAL(std::string("nobody there"), s().output_of(id, 1));
  }

  void goes_on_with_as_many_errors_as_may_be() {
    const Uuid id = s().make({.targets = 3, .limits = {.max_concurrency = 1, .max_errors = 1}});
    s().turn();
    s().action->end(1, TargetState::kFailed);
    for (int i = 0; i < 2; ++i) {
      s().turn();
      s().action->end(1);
    }
    s().turn();
    expect("partial", id);
    CPPUNIT_ASSERT(!s().record(id).stop_reason);
  }

  void a_target_has_its_time() {
    const Uuid id = s().make(
        {.targets = 2, .limits = {.max_concurrency = 1, .max_errors = 1, .target_timeout = 10s}});
    s().turn();
    s().clock.advance(9s);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(0, s().count(id, TargetState::kTimedOut));
    s().clock.advance(1s);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(1, s().count(id, TargetState::kTimedOut));
    CPPUNIT_ASSERT_EQUAL(1, s().count(id, TargetState::kRunning));
    const std::int64_t version = s().record(id).version;
    s().action->end(1);  // of the first: too late
    s().turn();
    CPPUNIT_ASSERT_EQUAL(version, s().record(id).version);
    CPPUNIT_ASSERT_EQUAL(1, s().count(id, TargetState::kTimedOut));
    CPPUNIT_ASSERT_EQUAL(1, s().count(id, TargetState::kRunning));
    s().action->end(1);
    s().turn();
    expect("partial", id);
    CPPUNIT_ASSERT_EQUAL(std::string("no result within 10 seconds"), s().output_of(id, 0));
  }

  void nothing_starts_after_the_deadline() {
    const Uuid id = s().make(
        {.targets = 3, .limits = {.max_concurrency = 1, .target_timeout = 100s, .deadline = 60s}});
    s().turn();
    s().action->end(1);
    s().turn();
    s().clock.advance(60s);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(1, s().count(id, TargetState::kRunning));
    CPPUNIT_ASSERT_EQUAL(1, s().count(id, TargetState::kCanceled));
    s().action->end(1);
    s().turn();
    expect("partial", id);
    CPPUNIT_ASSERT_EQUAL(std::string("deadline"), s().record(id).stop_reason.value());
  }

  void can_be_canceled_in_the_middle() {
    const Uuid id = s().make({.targets = 5, .limits = {.max_concurrency = 2}});
    s().turn();
    s().cancel(id);
    expect("canceling", id);
    s().action->end(1);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, s().action->open.size());
    CPPUNIT_ASSERT_EQUAL(3, s().count(id, TargetState::kCanceled));
    expect("canceling", id);
    s().action->end(1);
    s().turn();
    expect("canceled", id);
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT_EQUAL(std::string("canceled"), s().record(id).stop_reason.value());
  }

  void can_be_canceled_before_it_began() {
    const Uuid id = s().make({.targets = 5});
    s().cancel(id);
    s().turn();
    s().turn();
    expect("canceled", id);
    CPPUNIT_ASSERT(s().action->runs_of.empty());
    CPPUNIT_ASSERT(!s().record(id).started_at);
  }

  void an_unknown_action_fails() {
    const Uuid id = s().make({.targets = 2, .action = "of another version"});
    s().turn();
    expect("failed", id);
    CPPUNIT_ASSERT_EQUAL(std::string("not started: this daemon has no such action"),
                         s().output_of(id, 1));
  }

  void outputs_are_cut_between_characters() {
    const Uuid id = s().make({});
    s().turn();
    std::string output = "x";
    while (output.size() < 5'000) output += "\u20ac";  // three bytes
    s().action->end(1, TargetState::kSucceeded, output + std::string("\0\xff", 2));
    s().turn();
    expect("succeeded", id);
    CPPUNIT_ASSERT_EQUAL(output.substr(0, 4'096), s().output_of(id, 0));
  }

  void operations_share_the_places() {
    const OperationLimits many{.max_concurrency = 1'000};
    s().make({.targets = 1'500, .limits = many});
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'000}, s().action->open.size());
    const Uuid late = s().make({.targets = 10, .limits = many, .organization = 2});
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'010}, s().action->open.size());
    s().action->end(500);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{510}, s().action->open.size());  // half of them is its share
    s().action->end(510);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::string("succeeded"), s().state(late, 2));
  }

  void an_organization_has_so_many_running() {
    std::vector<Uuid> all;
    for (int i = 0; i < 6; ++i) {
      all.push_back(s().make({}));
      s().clock.advance(1ms);
    }
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, s().action->open.size());
    expect("running", all[3]);
    expect("pending", all[4]);
    s().cancel(all[5]);
    s().turn();
    expect("canceled", all[5]);  // to cancel needs no place
    s().action->end(1);
    s().turn();
    expect("running", all[4]);
  }

  void old_ones_are_forgotten() {
    const Uuid old = s().make({});
    s().turn();
    s().action->end(1);
    s().turn();
    s().clock.advance(89 * 24h);
    s().turn();
    expect("succeeded", old);
    s().clock.advance(25h);
    const Uuid unfinished = s().make({.limits = {.deadline = 24h}});
    s().turn();
    CPPUNIT_ASSERT(!s().repository->find(1, old));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         s().data.number("SELECT count(*) FROM fleet_operation_targets"));
    expect("running", unfinished);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OperationEngineTest);
}  // namespace muster
