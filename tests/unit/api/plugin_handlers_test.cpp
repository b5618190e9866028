#include "aggregator/api/plugin_handlers.h"

#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace test;

class PluginHandlersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PluginHandlersTest);
  CPPUNIT_TEST(shows_how_each_plugin_is);
  CPPUNIT_TEST(lifts_a_quarantine);
  CPPUNIT_TEST(is_for_the_platform_only);
  CPPUNIT_TEST_SUITE_END();

  static inline const std::string kPath = "/api/v1/fleet/plugins";

  static void expect(const ApiResponse& response,
                     const std::vector<std::pair<const char*, const char*>>& values) {
    for (const auto& [place, value] : values) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(place, std::string(value), ApiFixture::at(response, place));
    }
  }

  void shows_how_each_plugin_is() {
    ApiFixture f;
    PluginStatus ours{"http_health", "1.0.0", "muster_probe_http_health.so"};
    ours.state = PluginStatus::State::kInProcess;
    PluginStatus theirs{"shop", "2.1", "muster_probe_shop.so"};
    theirs.state = PluginStatus::State::kQuarantined;
    theirs.deaths = 5;
    theirs.last_end = "died of SIGSEGV";
    theirs.last_end_at = TestDatabase::kNow;
    f.plugins = {ours, theirs};
    expect(f.ask("platform", "GET", kPath), {{"items[0].name", "http_health"},
                                             {"items[0].state", "in_process"},
                                             {"items[0].last_end", "null"},
                                             {"items[1].file", "muster_probe_shop.so"},
                                             {"items[1].state", "quarantined"},
                                             {"items[1].deaths", "5"},
                                             {"items[1].last_end.how", "died of SIGSEGV"},
                                             {"items[1].last_end.at", "2026-11-23T08:00:00.000Z"}});
  }

  void lifts_a_quarantine() {
    ApiFixture f;
    f.plugins = {PluginStatus{"shop", "2.1", "muster_probe_shop.so"}};
    CPPUNIT_ASSERT_EQUAL(204, f.ask("platform", "DELETE", kPath + "/shop/quarantine").status);
    CPPUNIT_ASSERT_EQUAL(std::string("shop"), f.lifted);
    CPPUNIT_ASSERT_EQUAL(404, f.ask("platform", "DELETE", kPath + "/other/quarantine").status);
  }

  void is_for_the_platform_only() {
    ApiFixture f;
    for (const char* role : {"viewer", "operator", "admin", "other"}) {
      CPPUNIT_ASSERT_EQUAL(403, f.ask(role, "GET", kPath).status);
      CPPUNIT_ASSERT_EQUAL(403, f.ask(role, "DELETE", kPath + "/shop/quarantine").status);
    }
    CPPUNIT_ASSERT_EQUAL(401, f.ask("", "GET", kPath).status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PluginHandlersTest);
}  // namespace muster
