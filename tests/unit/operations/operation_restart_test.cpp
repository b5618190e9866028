// What becomes of operations when the daemon that runs them ends, loses its database, or is not
// alone.
#include "tests/unit/operations/operation_scene.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::OperationScene;

class OperationRestartTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OperationRestartTest);
  CPPUNIT_TEST(nobody_runs_twice);
  CPPUNIT_TEST(interrupted_targets_are_no_errors);
  CPPUNIT_TEST(what_was_canceling_ends_as_canceled);
  CPPUNIT_TEST(the_rest_of_a_pause_is_waited_for);
  CPPUNIT_TEST(the_deadline_stays);
  CPPUNIT_TEST(a_lost_connection_interrupts_nothing);
  CPPUNIT_TEST(only_one_daemon_runs_them);
  CPPUNIT_TEST(what_another_daemon_went_on_with_is_taken_as_it_left_it);
  CPPUNIT_TEST(what_another_daemon_has_ended_is_left_alone);
  CPPUNIT_TEST(after_a_lost_connection_the_database_is_read_anew);
  CPPUNIT_TEST(winding_down_starts_nothing);
  CPPUNIT_TEST_SUITE_END();

  // Made for the test that runs: CppUnit builds the fixtures of all tests before the first.
  std::optional<OperationScene> made_;
  OperationScene& s() { return made_ ? *made_ : made_.emplace(); }

  void end_all() {
    for (int turns = 0; turns < 100; ++turns) {
      s().turn();
      s().action->end(s().action->open.size());
    }
  }
  void expect(const std::string& state, const Uuid& id) {
    CPPUNIT_ASSERT_EQUAL(state, s().state(id));
  }
  void kill_backends() {
    s().data.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }

  void nobody_runs_twice() {
    const Uuid id = s().make({.targets = 20, .limits = {.max_concurrency = 5}});
    s().turn();
    s().action->end(3);
    s().turn();          // 3 succeeded, 5 running
    s().action->end(2);  // never written
    s().restart();
    end_all();
    expect("partial", id);
    CPPUNIT_ASSERT_EQUAL(5, s().count(id, TargetState::kInterrupted));
    CPPUNIT_ASSERT_EQUAL(15, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT_EQUAL(std::size_t{20}, s().action->runs_of.size());
    CPPUNIT_ASSERT(s().nobody_ran_twice());
    CPPUNIT_ASSERT(s().output_of(id, 4).starts_with("the daemon ended"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20},
                         s().data.number("SELECT count(*) FROM fleet_operation_targets "
                                         "WHERE attempts = 1 AND finished_at IS NOT NULL"));
  }

  void interrupted_targets_are_no_errors() {
    const Uuid id = s().make({.targets = 4, .limits = {.max_concurrency = 2, .max_errors = 0}});
    s().turn();
    s().restart();
    end_all();
    expect("partial", id);
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kSucceeded));
  }

  void what_was_canceling_ends_as_canceled() {
    const Uuid id = s().make({.targets = 4, .limits = {.max_concurrency = 2}});
    s().turn();
    must(s().repository->cancel(1, id));
    s().restart();
    s().turn();
    expect("canceled", id);
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kCanceled));
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kInterrupted));
  }

  void the_rest_of_a_pause_is_waited_for() {
    s().make({.targets = 2,
              .waves = {{1, false}},
              .limits = {.max_concurrency = 2, .pause_between = 60s}});
    s().turn();
    s().action->end(1);
    s().turn();
    s().clock.advance(40s);
    s().restart();
    s().turn();
    s().clock.advance(19s);
    s().turn();
    CPPUNIT_ASSERT(s().action->open.empty());
    s().clock.advance(1s);
    s().turn();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, s().action->open.size());
  }

  void the_deadline_stays() {
    const Uuid id = s().make({.targets = 3, .limits = {.deadline = 60s}});
    s().turn();
    s().clock.advance(60s);
    s().restart();
    s().turn();
    expect("failed", id);
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kCanceled));
    CPPUNIT_ASSERT_EQUAL(std::string("deadline"), s().record(id).stop_reason.value());
  }

  // The daemon lives, and so do the checks that it began.
  void a_lost_connection_interrupts_nothing() {
    const Uuid id = s().make({.targets = 10, .limits = {.max_concurrency = 4}});
    s().turn();
    s().action->end(2);
    kill_backends();
    end_all();
    expect("succeeded", id);
    CPPUNIT_ASSERT_EQUAL(10, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT(s().nobody_ran_twice());
  }

  void only_one_daemon_runs_them() {
    s().turn();
    const Uuid id = s().make({.targets = 2});
    OperationEngine other(s().data.settings(kOwnerRole), s().actions, s().clock);
    other.turn();
    expect("pending", id);
    s().turn();
    other.turn();
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kRunning));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, s().action->open.size());
  }

  void what_another_daemon_went_on_with_is_taken_as_it_left_it() {
    const Uuid id = s().make({.targets = 4, .limits = {.max_concurrency = 2}});
    s().turn();
    kill_backends();
    {
      OperationEngine other(s().data.settings(kOwnerRole), s().actions, s().clock);
      other.turn();  // interrupts two, begins two
      CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kInterrupted));
      CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kRunning));
      s().turn();
    }
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      s().clock.advance(5s);
      s().turn();
      return s().state(id) == "failed";
    }));
    CPPUNIT_ASSERT_EQUAL(4, s().count(id, TargetState::kInterrupted));
    CPPUNIT_ASSERT(s().nobody_ran_twice());
  }

  void what_another_daemon_has_ended_is_left_alone() {
    const Uuid id = s().make({.targets = 6, .limits = {.max_concurrency = 2}});
    s().turn();
    kill_backends();
    {
      OperationEngine other(s().data.settings(kOwnerRole), s().actions, s().clock);
      for (int turns = 0; turns < 10; ++turns) {
        other.turn();
        s().action->end(s().action->open.size());
      }
    }
    const std::int64_t version = s().record(id).version;
    CPPUNIT_ASSERT(test::eventually(10s, [&] {  // until the server has seen the other one go
      s().clock.advance(5s);
      s().turn();
      return s().engine->idle();
    }));
    expect("partial", id);
    CPPUNIT_ASSERT_EQUAL(version, s().record(id).version);
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kInterrupted));
    CPPUNIT_ASSERT_EQUAL(4, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT(s().nobody_ran_twice());
  }

  // As if another daemon had done a target meanwhile: those beside it must not suffer for it.
  void after_a_lost_connection_the_database_is_read_anew() {
    const Uuid id = s().make({.targets = 4,
                              .waves = {{1, false}, {100, true}},
                              .limits = {.max_concurrency = 9, .pause_between = 60s}});
    s().turn();
    s().action->end(1);
    s().turn();
    kill_backends();
    s().data.sql(
        "UPDATE fleet_operation_targets SET state = 'succeeded', attempts = 1 WHERE ordinal = 2");
    s().clock.advance(60s);
    end_all();
    expect("succeeded", id);
    CPPUNIT_ASSERT_EQUAL(4, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, s().action->runs_of.size());
  }

  void winding_down_starts_nothing() {
    const Uuid id = s().make({.targets = 4, .limits = {.max_concurrency = 2}});
    s().turn();
    s().engine->wind_down();
    CPPUNIT_ASSERT(!s().engine->idle());
    s().action->end(2);
    s().turn();
    CPPUNIT_ASSERT(s().engine->idle());
    CPPUNIT_ASSERT(s().action->open.empty());
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kSucceeded));
    CPPUNIT_ASSERT_EQUAL(2, s().count(id, TargetState::kPending));
    s().restart();
    end_all();
    expect("succeeded", id);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OperationRestartTest);
}  // namespace muster
