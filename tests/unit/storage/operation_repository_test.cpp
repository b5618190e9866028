#include "aggregator/storage/operation_repository.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class OperationRepositoryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OperationRepositoryTest);
  CPPUNIT_TEST(what_was_asked_for_is_there);
  CPPUNIT_TEST(targets_are_frozen);
  CPPUNIT_TEST(a_target_is_of_its_operations_organization);
  CPPUNIT_TEST(a_server_may_go);
  CPPUNIT_TEST(all_or_nothing_when_a_server_has_gone);
  CPPUNIT_TEST(so_many_may_be_unfinished);
  CPPUNIT_TEST(lists_pages_newest_first);
  CPPUNIT_TEST(another_organization_finds_nothing);
  CPPUNIT_TEST(ten_thousand_targets_are_quick);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    data_.sql("INSERT INTO organizations (name) VALUES ('ours'), ('theirs')");
    data_.sql("INSERT INTO managed_servers (org_id, name) VALUES (1, 'b'), (1, 'a'), (2, 'c')");
    pool_.emplace(data_.settings(kApiRole), 2);
    repository_.emplace(*pool_);
  }
  void tearDown() override { pool_.reset(); }

 private:
  NewOperation usual(OrganizationKey organization = 1) {
    NewOperation operation;
    operation.action = "health_check";
    operation.parameters_json = R"({"a": "b"})";
    operation.request_json = R"({"action": "health_check"})";
    operation.requested_by = Uuid::random();
    operation.limits = {7, 3, 11s, 13s, 17s};
    operation.waves = 2;
    for (const auto& server : must(repository_->candidates(organization, ServerFilter()))) {
      operation.targets.push_back({server, static_cast<int>(operation.targets.size()), ""});
    }
    return operation;
  }
  OperationRecord insert(OrganizationKey organization = 1, WallTime at = TestDatabase::kNow) {
    return must(repository_->insert(organization, usual(organization), at));
  }
  std::vector<OperationTarget> targets(const OperationRecord& of, TargetListing listing = {}) {
    return must(repository_->targets(of.organization, of.id, listing));
  }
  std::string refusal(const std::string& sql, const Params& params) {
    const auto done = data_.connect().exec(sql, params);
    return done ? "" : done.error().sqlstate;
  }

  void what_was_asked_for_is_there() {
    const OperationRecord made = insert();
    const OperationRecord found = must(repository_->find(1, made.id));
    CPPUNIT_ASSERT_EQUAL(std::string("health_check"), found.action);
    CPPUNIT_ASSERT(found.state == OperationState::kPending);
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a": "b"})"), found.parameters_json);
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"action": "health_check"})"), found.request_json);
    CPPUNIT_ASSERT(found.requested_by);
    CPPUNIT_ASSERT_EQUAL(7, found.limits.max_concurrency);
    CPPUNIT_ASSERT_EQUAL(3, found.limits.max_errors);
    CPPUNIT_ASSERT(found.limits.target_timeout == 11s && found.limits.deadline == 13s);
    CPPUNIT_ASSERT(found.limits.pause_between == 17s);
    CPPUNIT_ASSERT_EQUAL(2, found.total);
    CPPUNIT_ASSERT_EQUAL(2, found.waves);
    CPPUNIT_ASSERT(found.created_at == TestDatabase::kNow);
    CPPUNIT_ASSERT(!found.started_at && !found.finished_at && !found.stop_reason);
    CPPUNIT_ASSERT(found.targets_by_state_json.find(R"("pending": 2)") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string(), made.request_json);  // may be long, so it is asked for
  }

  void targets_are_frozen() {
    NewOperation operation = usual();
    operation.targets[1].skip_reason = "the server is disabled";
    const OperationRecord made = must(repository_->insert(1, operation, TestDatabase::kNow));
    data_.sql("INSERT INTO managed_servers (org_id, name) VALUES (1, 'later')");
    data_.sql("UPDATE managed_servers SET name = 'renamed' WHERE name = 'a'");
    const auto frozen = targets(made);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, frozen.size());
    CPPUNIT_ASSERT_EQUAL(std::string("a"), frozen[0].server_name);
    CPPUNIT_ASSERT(frozen[0].state == TargetState::kPending && frozen[0].wave == 0);
    CPPUNIT_ASSERT(!frozen[0].finished_at);
    CPPUNIT_ASSERT(frozen[1].state == TargetState::kSkipped && frozen[1].wave == 1);
    CPPUNIT_ASSERT_EQUAL(std::string("the server is disabled"), frozen[1].output);
    CPPUNIT_ASSERT(frozen[1].finished_at == TestDatabase::kNow);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, targets(made, {TargetState::kSkipped}).size());
    CPPUNIT_ASSERT_EQUAL(1, targets(made, {std::nullopt, 1}).at(0).ordinal);
  }

  // Also for whom row-level security does not bind.
  void a_target_is_of_its_operations_organization() {
    const OperationRecord ours = insert();
    const std::string sql =
        "INSERT INTO fleet_operation_targets (operation_id, org_id, ordinal, wave, server_key, "
        "server_id, server_name) VALUES ($1, $2, 9, 0, $3, gen_random_uuid(), 'x')";
    const auto key = [&](const char* name) {
      return data_.number("SELECT server_key FROM managed_servers WHERE name = $1", {name});
    };
    CPPUNIT_ASSERT_EQUAL(std::string("23503"), refusal(sql, {ours.id, 2, key("c")}));
    CPPUNIT_ASSERT_EQUAL(std::string("23503"), refusal(sql, {ours.id, 1, key("c")}));
    CPPUNIT_ASSERT_EQUAL(std::string(), refusal(sql, {ours.id, 1, key("b")}));
  }

  void a_server_may_go() {
    const OperationRecord made = insert();
    data_.sql("DELETE FROM managed_servers WHERE name = 'a'");
    const auto left = targets(made);
    CPPUNIT_ASSERT(!left[0].server_key && left[1].server_key);
    CPPUNIT_ASSERT_EQUAL(std::string("a"), left[0].server_name);
  }

  void all_or_nothing_when_a_server_has_gone() {
    const NewOperation operation = usual();
    data_.sql("DELETE FROM managed_servers WHERE name = 'a'");
    const auto refused = repository_->insert(1, operation, TestDatabase::kNow);
    CPPUNIT_ASSERT(!refused && refused.error().code == ErrorCode::kConflict);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, data_.number("SELECT count(*) FROM fleet_operations"));
  }

  void so_many_may_be_unfinished() {
    for (int i = 0; i < kMostUnfinishedOperations; ++i) insert();
    const auto refused = repository_->insert(1, usual(), TestDatabase::kNow);
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT_EQUAL(std::string(kTooManyUnfinished), refused.error().message);
    insert(2);  // another organization's are its own
    data_.sql(
        "UPDATE fleet_operations SET finished_at = now() WHERE id = "
        "(SELECT id FROM fleet_operations WHERE org_id = 1 LIMIT 1)");
    insert();
  }

  void lists_pages_newest_first() {
    std::vector<Uuid> made;
    for (int i = 0; i < 5; ++i) {
      made.push_back(insert(1, TestDatabase::kNow + std::chrono::seconds(i / 2)).id);
    }
    std::vector<Uuid> seen;
    OperationListing listing;
    listing.limit = 2;
    for (int page = 0; page < 3; ++page) {
      const auto found = must(repository_->list(1, listing));
      for (const auto& operation : found) seen.push_back(operation.id);
      listing.before = {found.back().created_at, found.back().id};
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, seen.size());
    CPPUNIT_ASSERT(seen.front() == made.back());
    std::ranges::sort(made);
    std::ranges::sort(seen);
    CPPUNIT_ASSERT(seen == made);
    CPPUNIT_ASSERT(must(repository_->list(1, {OperationState::kRunning})).empty());
    CPPUNIT_ASSERT(must(repository_->list(1, {std::nullopt, "set_status"})).empty());
    CPPUNIT_ASSERT_EQUAL(
        std::size_t{5},
        must(repository_->list(1, {OperationState::kPending, "health_check"})).size());
  }

  void another_organization_finds_nothing() {
    const OperationRecord ours = insert();
    CPPUNIT_ASSERT(repository_->find(2, ours.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(repository_->cancel(2, ours.id).error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(must(repository_->targets(2, ours.id, {})).empty());
    CPPUNIT_ASSERT(must(repository_->list(2, {})).empty());
    CPPUNIT_ASSERT(must(repository_->find(1, ours.id)).state == OperationState::kPending);
    const std::string id = must(repository_->candidates(2, ServerFilter()))[0].id.to_string();
    CPPUNIT_ASSERT(must(repository_->candidates(1, std::vector{id})).empty());
  }

  void ten_thousand_targets_are_quick() {
    data_.sql(
        "INSERT INTO managed_servers (org_id, name) SELECT 2, 'n' || i FROM "
        "generate_series(1, 10100) AS i");
    NewOperation operation = usual(2);
    CPPUNIT_ASSERT_EQUAL(std::size_t{kMostTargets + 1}, operation.targets.size());
    operation.targets.pop_back();
    const auto begin = std::chrono::steady_clock::now();
    const auto made = must(repository_->insert(2, operation, TestDatabase::kNow));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 10s);
    CPPUNIT_ASSERT_EQUAL(kMostTargets, made.total);
  }

  TestDatabase data_;
  std::optional<ConnectionPool> pool_;
  std::optional<OperationRepository> repository_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(OperationRepositoryTest);
}  // namespace muster
