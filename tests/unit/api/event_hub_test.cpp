// Who may listen, also while there is no database.
#include "aggregator/api/event_hub.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"

namespace muster {
using namespace std::chrono_literals;

class EventHubTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EventHubTest);
  CPPUNIT_TEST(an_organization_has_only_its_share);
  CPPUNIT_TEST(who_has_gone_while_the_database_is_away_makes_room);
  CPPUNIT_TEST_SUITE_END();

  static std::shared_ptr<EventSubscription> join(EventHub& hub, OrganizationKey organization) {
    return hub.subscribe(organization, std::nullopt, [] { return true; });
  }

  void an_organization_has_only_its_share() {
    EventHub hub(events, clock, {.clients = 3, .clients_of_organization = 2});
    const auto first = join(hub, 1);
    auto second = join(hub, 1);
    CPPUNIT_ASSERT(first && second && !join(hub, 1));
    const auto other = join(hub, 2);
    CPPUNIT_ASSERT(other && !join(hub, 2));  // of all there are as many as there may be
    second.reset();
    CPPUNIT_ASSERT(test::eventually(20s, [&] { return (second = join(hub, 1)) != nullptr; }));
    CPPUNIT_ASSERT(!join(hub, 1));
  }

  void who_has_gone_while_the_database_is_away_makes_room() {
    EventHub hub(events, clock, {.clients = 2, .clients_of_organization = 2});
    const auto stays = join(hub, 1);
    auto ended = join(hub, 1);
    CPPUNIT_ASSERT(ended && !join(hub, 1));
    ended->end();
    CPPUNIT_ASSERT(test::eventually(20s, [&] { return join(hub, 1) != nullptr; }));
    CPPUNIT_ASSERT(!stays->ended());
  }

  test::FakeClock clock;
  ConnectionPool nowhere{{.conninfo = "host=/nonexistent"}, 1};
  EventRepository events{nowhere, nowhere};
};

CPPUNIT_TEST_SUITE_REGISTRATION(EventHubTest);
}  // namespace muster
