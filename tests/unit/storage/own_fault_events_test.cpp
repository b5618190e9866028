#include "aggregator/storage/own_fault_events.h"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "aggregator/storage/database_roles.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::eventually;
using test::TestDatabase;

class OwnFaultEventsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OwnFaultEventsTest);
  CPPUNIT_TEST(writes_one_event_for_each_organization_with_servers);
  CPPUNIT_TEST(writes_nothing_twice);
  CPPUNIT_TEST(ends_what_was_left_unfinished);
  CPPUNIT_TEST(writes_what_is_queued_when_it_is_stopped);
  CPPUNIT_TEST(goes_on_when_the_database_comes_back);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    database_.sql("INSERT INTO organizations (name) VALUES ('one'), ('two'), ('empty')");
    database_.sql("INSERT INTO managed_servers (org_id, name) VALUES (1, 'a'), (1, 'b'), (2, 'c')");
    pool_.emplace(database_.settings(kOwnerRole), 2);
    events_.emplace(*pool_);
  }

  void tearDown() override {
    events_.reset();
    pool_.reset();
  }

 private:
  static OwnFaultNews news(bool began, int second = 0) {
    return {began, OwnFaultKind::kNetwork, "no network",
            TestDatabase::kNow + std::chrono::seconds(second)};
  }

  std::int64_t count(const std::string& condition) const {
    return database_.number("SELECT count(*) FROM fleet_events WHERE " + condition);
  }
  bool eventually_events(std::int64_t number) const {
    return eventually(20s, [&] { return count("true") == number; });
  }

  void writes_one_event_for_each_organization_with_servers() {
    events_->start();
    events_->on_own_fault(news(true));
    CPPUNIT_ASSERT(eventually_events(2));
    events_->on_own_fault(news(false, 1));
    CPPUNIT_ASSERT(eventually_events(4));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("org_id = 1"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("org_id = 2 AND server_key IS NULL"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("kind = 'own_fault_began' AND reason = 26 AND "
                                                "message = 'no network' AND at = "
                                                "'2026-11-23T08:00:00Z'"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("kind = 'own_fault_ended'"));
  }

  void writes_nothing_twice() {
    events_->start();
    events_->on_own_fault(news(true));
    events_->on_own_fault(news(true));
    events_->on_own_fault(news(false, 1));
    events_->stop();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("kind = 'own_fault_began'"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("kind = 'own_fault_ended'"));
  }

  void ends_what_was_left_unfinished() {
    database_.sql(
        "INSERT INTO fleet_events (at, org_id, kind, message) VALUES "
        "(now(), 1, 'own_fault_began', 'old'), (now(), 1, 'own_fault_ended', 'old'), "
        "(now(), 2, 'own_fault_began', 'lost'), (now(), 2, 'health_changed', '')");
    events_->start();
    CPPUNIT_ASSERT(eventually_events(5));
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{1},
        count("kind = 'own_fault_ended' AND org_id = 2 AND message = 'lost' AND reason = 26"));
    events_->stop();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, count("true"));
  }

  void writes_what_is_queued_when_it_is_stopped() {
    events_->on_own_fault(news(true));
    events_->start();
    events_->stop();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("kind = 'own_fault_began'"));
  }

  void goes_on_when_the_database_comes_back() {
    database_.sql("ALTER TABLE fleet_events RENAME TO hidden");
    events_->start();
    events_->on_own_fault(news(true));
    events_->on_own_fault(news(false, 1));
    database_.sql("ALTER TABLE hidden RENAME TO fleet_events");
    CPPUNIT_ASSERT(eventually_events(4));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         count("id = (SELECT max(id) FROM fleet_events WHERE org_id = 1) AND "
                               "kind = 'own_fault_ended'"));
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<OwnFaultEvents> events_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(OwnFaultEventsTest);
}  // namespace muster
