#include "aggregator/app/known_fleet.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
namespace {

class RecordingFleet final : public FleetSink {
 public:
  void upsert(ServerPointer server) override { last = std::move(server); }
  void remove(ServerPointer server) override { removed = std::move(server); }
  ServerPointer last, removed;
};

}  // namespace

class KnownFleetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KnownFleetTest);
  CPPUNIT_TEST(a_server_is_told_each_time_it_is_loaded);
  CPPUNIT_TEST(what_the_database_has_caught_up_with_stays_as_it_is);
  CPPUNIT_TEST(others_pass);
  CPPUNIT_TEST_SUITE_END();

  static ServerPointer server(ServerKey key, std::int64_t known_slot_ms) {
    Server made;
    made.key = key;
    made.known_state = HealthState::kHealthy;
    made.known_slot_ms = known_slot_ms;
    return std::make_shared<const Server>(std::move(made));
  }

  static LeftChanges fallen(ServerKey key) {
    LeftChanges left;
    left[key].see({HealthState::kHealthy, HealthState::kUnreachable, FailureReason::kRefused, "",
                   WallTime(), 7'000});
    return left;
  }

  void a_server_is_told_each_time_it_is_loaded() {
    for (int loads = 0; loads < 2; ++loads) {
      fleet_.upsert(server(1, 6'000));
      CPPUNIT_ASSERT(next_.last->known_state == HealthState::kUnreachable);
      CPPUNIT_ASSERT_EQUAL(std::int64_t{7'000}, next_.last->known_slot_ms);
    }
  }

  void what_the_database_has_caught_up_with_stays_as_it_is() {
    const ServerPointer newer = server(1, 7'000);
    fleet_.upsert(newer);
    CPPUNIT_ASSERT(next_.last == newer);
  }

  void others_pass() {
    const ServerPointer other = server(2, 0);
    fleet_.upsert(other);
    fleet_.remove(other);
    CPPUNIT_ASSERT(next_.last == other && next_.removed == other);
  }

  RecordingFleet next_;
  KnownFleet fleet_{fallen(1), next_};
};

CPPUNIT_TEST_SUITE_REGISTRATION(KnownFleetTest);
}  // namespace muster
