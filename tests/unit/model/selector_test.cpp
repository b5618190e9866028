#include <cppunit/extensions/HelperMacros.h>

#include "common/model/health_state.h"
#include "common/model/probe_spec.h"
#include "common/model/server.h"

namespace muster {

class SelectorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SelectorTest);
  CPPUNIT_TEST(an_empty_one_takes_all);
  CPPUNIT_TEST(all_tags_must_be_there);
  CPPUNIT_TEST(one_of_the_places_is_enough);
  CPPUNIT_TEST(each_line_narrows_further);
  CPPUNIT_TEST(health_states_are_known_by_name);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    server_.tags = {"web", "public"};
    server_.region = "eu";
    server_.environment = "production";
    server_.groups = {"frontends", "all"};
  }

 private:
  bool selects(const Selector& selector) const { return selector.matches(server_); }

  void an_empty_one_takes_all() {
    CPPUNIT_ASSERT(selects({}));
    CPPUNIT_ASSERT(Selector().matches(Server()));
  }

  void all_tags_must_be_there() {
    CPPUNIT_ASSERT(selects({.tags = {"web"}}));
    CPPUNIT_ASSERT(selects({.tags = {"public", "web"}}));
    CPPUNIT_ASSERT(!selects({.tags = {"web", "db"}}));
    CPPUNIT_ASSERT(!selects({.tags = {"Web"}}));
    CPPUNIT_ASSERT(!Selector{.tags = {"web"}}.matches(Server()));
  }

  void one_of_the_places_is_enough() {
    CPPUNIT_ASSERT(selects({.regions = {"us", "eu"}}));
    CPPUNIT_ASSERT(!selects({.regions = {"us"}}));
    CPPUNIT_ASSERT(selects({.environments = {"staging", "production"}}));
    CPPUNIT_ASSERT(!selects({.environments = {"staging"}}));
    CPPUNIT_ASSERT(selects({.groups = {"backends", "all"}}));
    CPPUNIT_ASSERT(!selects({.groups = {"backends"}}));
    CPPUNIT_ASSERT(!Selector{.groups = {"all"}}.matches(Server()));
  }

  void each_line_narrows_further() {
    CPPUNIT_ASSERT(selects({{"web"}, {"eu"}, {"production"}, {"all"}}));
    CPPUNIT_ASSERT(!selects({{"db"}, {"eu"}, {"production"}, {"all"}}));
    CPPUNIT_ASSERT(!selects({{"web"}, {"us"}, {"production"}, {"all"}}));
    CPPUNIT_ASSERT(!selects({{"web"}, {"eu"}, {"staging"}, {"all"}}));
    CPPUNIT_ASSERT(!selects({{"web"}, {"eu"}, {"production"}, {"backends"}}));
  }

  void health_states_are_known_by_name() {
    for (std::size_t i = 0; i < kHealthStateNames.size(); ++i) {
      const auto state = static_cast<HealthState>(i);
      CPPUNIT_ASSERT(health_state_from(to_string(state)) == state);
    }
    CPPUNIT_ASSERT(!health_state_from(""));
    CPPUNIT_ASSERT(!health_state_from("Healthy"));
  }

  Server server_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SelectorTest);
}  // namespace muster
