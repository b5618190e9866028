// Operations on a real database, run turn by turn by an engine that a test may destroy and make
// anew, with an action that does what the test says. One thread, one a test.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <deque>

#include "aggregator/operations/operation_engine.h"
#include "aggregator/operations/wave_plan.h"
#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/operation_repository.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"

namespace muster::test {

// Holds what it was asked to do until the test ends it.
class ScriptedAction final : public OperationAction {
 public:
  struct Asked {
    std::string server;
    Done done;
  };

  std::string_view name() const override { return "scripted"; }
  Role role() const override { return Role::kOperator; }
  std::vector<ParameterMistake> mistakes(const OperationParameters&) const override { return {}; }
  std::optional<std::string> reason_to_skip(const OperationCandidate&,
                                            const OperationParameters&) const override {
    return std::nullopt;
  }
  bool blocks() const override { return false; }
  void run(const TargetRun& target, Done done) override {
    ++runs_of[target.server_id.to_string()];
    open.push_back({target.server_id.to_string(), std::move(done)});
  }

  // The oldest ones that are open.
  void end(std::size_t count, TargetState state = TargetState::kSucceeded,
           const std::string& output = "done") {
    for (; count > 0; --count) {
      CPPUNIT_ASSERT(!open.empty());
      open.front().done({state, output});
      open.pop_front();
    }
  }

  std::deque<Asked> open;
  std::map<std::string, int> runs_of;
};

struct OperationScene {
  OperationScene() {
    clock.set_wall(TestDatabase::kNow);
    auto made = std::make_unique<ScriptedAction>();
    action = made.get();
    actions.add(std::move(made));
    data.sql("INSERT INTO organizations (name) VALUES ('ours'), ('theirs')");
    pool.emplace(data.settings(kApiRole), 2);
    repository.emplace(*pool);
    restart();
  }

  void restart() {
    engine.reset();
    action->open.clear();
    engine.emplace(data.settings(kOwnerRole), actions, clock);
  }

  struct Wish {
    int targets = 1;
    std::vector<Share> waves{{100, true}};
    OperationLimits limits{.max_concurrency = 100};
    OrganizationKey organization = 1;
    std::string action = "scripted";
  };

  Uuid make(const Wish& wish) {
    data.sql(
        "INSERT INTO managed_servers (org_id, name) SELECT $1, 'node-' || i FROM "
        "generate_series(1, $2::int) AS i ON CONFLICT DO NOTHING",
        {wish.organization, wish.targets});
    auto servers = must(repository->candidates(wish.organization, ServerFilter()));
    servers.resize(static_cast<std::size_t>(wish.targets));
    NewOperation operation;
    operation.action = wish.action;
    operation.limits = wish.limits;
    const auto waves = plan_waves(wish.waves, std::vector<bool>(servers.size(), true));
    for (std::size_t i = 0; i < servers.size(); ++i) {
      operation.targets.push_back({servers[i], waves[i], ""});
    }
    operation.waves = waves.back() + 1;
    const auto record = must(repository->insert(wish.organization, operation, clock.wall()));
    engine->inbox()->wake();
    return record.id;
  }

  void turn() { engine->turn(); }
  void cancel(const Uuid& id) {
    must(repository->cancel(1, id));
    engine->inbox()->wake();
  }

  OperationRecord record(const Uuid& id, OrganizationKey organization = 1) {
    return must(repository->find(organization, id));
  }
  std::string state(const Uuid& id, OrganizationKey organization = 1) {
    return std::string(to_string(record(id, organization).state));
  }
  // How many of its targets are in this state: by their rows, and by the operation's own count.
  int count(const Uuid& id, TargetState state) {
    const auto rows = data.number(
        "SELECT count(*) FROM fleet_operation_targets WHERE operation_id = $1 "
        "AND state = $2",
        {id, to_string(state)});
    const auto noted =
        data.number("SELECT (targets_by_state ->> $2)::int FROM fleet_operations WHERE id = $1",
                    {id, to_string(state)});
    CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(to_string(state)), rows, noted);
    return static_cast<int>(rows);
  }
  std::string output_of(const Uuid& id, int ordinal) {
    return std::string(data.sql("SELECT output FROM fleet_operation_targets "
                                "WHERE operation_id = $1 AND ordinal = $2",
                                {id, ordinal})
                           .text(0, 0));
  }
  bool nobody_ran_twice() const {
    return std::ranges::all_of(action->runs_of, [](const auto& run) { return run.second == 1; });
  }

  TestDatabase data;
  FakeClock clock;
  OperationActions actions;
  ScriptedAction* action = nullptr;
  std::optional<ConnectionPool> pool;
  std::optional<OperationRepository> repository;
  std::optional<OperationEngine> engine;
};

}  // namespace muster::test
