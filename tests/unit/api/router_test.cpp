#include "aggregator/api/router.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class RouterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RouterTest);
  CPPUNIT_TEST(finds_a_route_and_its_parts);
  CPPUNIT_TEST(answers_head_with_the_route_of_get);
  CPPUNIT_TEST(tells_an_unknown_path_from_an_unknown_method);
  CPPUNIT_TEST(does_not_take_an_empty_part);
  CPPUNIT_TEST(lets_nobody_in_where_there_is_nothing);
  CPPUNIT_TEST_SUITE_END();

  const Router router_{{
      {"GET", "/servers", Access::kViewer, BodyKind::kNone, nullptr},
      {"POST", "/servers", Access::kAdmin, BodyKind::kJson, nullptr},
      {"GET", "/servers/{id}", Access::kViewer, BodyKind::kNone, nullptr},
      {"GET", "/-/healthy", Access::kAnyone, BodyKind::kNone, nullptr},
  }};

  void finds_a_route_and_its_parts() {
    const RouteMatch match = router_.find("GET", {"servers", "a b"});
    CPPUNIT_ASSERT(match.route != nullptr);
    CPPUNIT_ASSERT_EQUAL(std::string("/servers/{id}"), match.route->pattern);
    CPPUNIT_ASSERT_EQUAL(std::string("a b"), match.parts.at("id"));
    CPPUNIT_ASSERT(router_.find("POST", {"servers"}).access == Access::kAdmin);
  }

  void answers_head_with_the_route_of_get() {
    CPPUNIT_ASSERT(router_.find("HEAD", {"servers"}).route != nullptr);
  }

  void tells_an_unknown_path_from_an_unknown_method() {
    CPPUNIT_ASSERT(router_.find("GET", {"nothing"}).allow.empty());
    const RouteMatch match = router_.find("PUT", {"servers"});
    CPPUNIT_ASSERT(match.route == nullptr);
    const std::vector<std::string> expected{"GET", "HEAD", "POST"};
    CPPUNIT_ASSERT(match.allow == expected);
  }

  void does_not_take_an_empty_part() {
    CPPUNIT_ASSERT(router_.find("GET", {"servers", ""}).route == nullptr);
  }

  void lets_nobody_in_where_there_is_nothing() {
    CPPUNIT_ASSERT(router_.find("GET", {"nothing"}).access == Access::kViewer);
    CPPUNIT_ASSERT(router_.find("PUT", {"servers"}).access == Access::kViewer);
    CPPUNIT_ASSERT(router_.find("PUT", {"-", "healthy"}).access == Access::kAnyone);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RouterTest);
}  // namespace muster
