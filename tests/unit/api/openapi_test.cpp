// The contract against the routes and the handlers: it promises what is there, all of it, and
// nothing else.
#include "aggregator/api/openapi_document.h"

#include <set>

#include "aggregator/api/docs_page.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using Object = Poco::JSON::Object::Ptr;

class OpenapiTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(OpenapiTest);
  CPPUNIT_TEST(names_every_route_and_no_other);
  CPPUNIT_TEST(names_the_role_that_each_route_needs);
  CPPUNIT_TEST(names_the_type_of_each_body);
  CPPUNIT_TEST(every_reference_leads_somewhere);
  CPPUNIT_TEST(every_operation_has_a_name_of_its_own);
  CPPUNIT_TEST(every_example_is_taken);
  CPPUNIT_TEST(is_served_to_anybody_and_again_only_when_it_changed);
  CPPUNIT_TEST(the_page_for_people_holds_every_operation_and_asks_nobody);
  CPPUNIT_TEST(yaml_becomes_json);
  CPPUNIT_TEST_SUITE_END();

  ApiFixture f_;
  Object document_ = Poco::JSON::Parser().parse(openapi_json()).extract<Object>();

  // "GET /path" -> the operation.
  std::map<std::string, Object> operations() const {
    std::map<std::string, Object> found;
    const Object paths = document_->getObject("paths");
    for (const std::string& path : paths->getNames()) {
      for (const std::string& method : paths->getObject(path)->getNames()) {
        if (method == "parameters") continue;
        std::string upper = method;
        std::ranges::transform(upper, upper.begin(), ::toupper);
        found[upper + " " + path] = paths->getObject(path)->getObject(method);
      }
    }
    return found;
  }

  Object resolved(const Object& node) const {
    if (!node || !node->has("$ref")) return node;
    std::string place = node->getValue<std::string>("$ref").substr(2);
    std::ranges::replace(place, '/', '.');
    return Poco::JSON::Query(document_).findObject(place);
  }

  static std::string name_of(const Route& route) { return route.method + " " + route.pattern; }

  void names_every_route_and_no_other() {
    std::set<std::string> routes, promised;
    for (const Route& route : f_.api.routes()) routes.insert(name_of(route));
    for (const auto& [name, operation] : operations()) promised.insert(name);
    for (const auto& name : routes) CPPUNIT_ASSERT_MESSAGE(name, promised.contains(name));
    for (const auto& name : promised) CPPUNIT_ASSERT_MESSAGE(name, routes.contains(name));
  }

  void names_the_role_that_each_route_needs() {
    const std::map<Access, std::string> words{{Access::kAnyone, "none"},
                                              {Access::kViewer, "viewer"},
                                              {Access::kOperator, "operator"},
                                              {Access::kAdmin, "admin"},
                                              {Access::kPlatform, "platform"}};
    const auto promised = operations();
    for (const Route& route : f_.api.routes()) {
      const Object operation = promised.at(name_of(route));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name_of(route), words.at(route.access),
                                   operation->getValue<std::string>("x-role"));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name_of(route), route.access == Access::kAnyone,
                                   operation->has("security"));
    }
  }

  void names_the_type_of_each_body() {
    const std::map<BodyKind, std::string> types{
        {BodyKind::kJson, "application/json"},
        {BodyKind::kLongJson, "application/json"},
        {BodyKind::kOptionalJson, "application/json"},
        {BodyKind::kMergePatch, "application/merge-patch+json"},
        {BodyKind::kJsonLines, "application/x-ndjson"}};
    const auto promised = operations();
    for (const Route& route : f_.api.routes()) {
      const Object body = resolved(promised.at(name_of(route))->getObject("requestBody"));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name_of(route), route.body == BodyKind::kNone, body.isNull());
      if (!body) continue;
      CPPUNIT_ASSERT_MESSAGE(name_of(route), body->getObject("content")->has(types.at(route.body)));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name_of(route), route.body != BodyKind::kJsonLines,
                                   body->getObject("content")->has("application/json"));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name_of(route), route.body != BodyKind::kOptionalJson,
                                   body->optValue("required", false));
    }
  }

  void every_reference_leads_somewhere() {
    const std::string& text = openapi_json();
    const std::string mark = "\"$ref\":\"#/";
    std::size_t count = 0;
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const std::size_t start = at + mark.size();
      std::string place = text.substr(start, text.find('"', start) - start);
      std::ranges::replace(place, '/', '.');
      CPPUNIT_ASSERT_MESSAGE(place, Poco::JSON::Query(document_).findObject(place));
      ++count;
    }
    CPPUNIT_ASSERT(count > 100);
  }

  void every_operation_has_a_name_of_its_own() {
    std::set<std::string> names;
    for (const auto& [place, operation] : operations()) {
      CPPUNIT_ASSERT_MESSAGE(place,
                             names.insert(operation->getValue<std::string>("operationId")).second);
    }
  }

  void every_example_is_taken() {
    const std::string server = f_.add("old", R"(,"environment":"production")");
    const auto organizations = f_.ask("platform", "GET", "/api/v1/fleet/organizations");
    const std::string organization = f_.at(organizations, "items[1].id");
    std::size_t count = 0;
    for (const auto& [place, operation] : operations()) {
      const Object body = resolved(operation->getObject("requestBody"));
      if (!body) continue;
      const std::string type = body->getObject("content")->getNames().front();
      const Object example = body->getObject("content")->getObject(type)->getObject("example");
      if (!example) continue;
      std::ostringstream text;
      example->stringify(text);
      const std::size_t space = place.find(' ');
      std::string path = place.substr(space + 1);
      const bool of_organization = path.find("organizations") != std::string::npos;
      if (const std::size_t id = path.find("{id}"); id != std::string::npos) {
        path.replace(id, 4, of_organization ? organization : server);
      }
      const auto answer = f_.ask(of_organization ? "platform" : "admin", place.substr(0, space),
                                 path, text.str(), {{"content-type", type}});
      CPPUNIT_ASSERT_MESSAGE(place + ": " + answer.body, answer.status < 300);
      ++count;
    }
    CPPUNIT_ASSERT(count >= 7);
  }

  void is_served_to_anybody_and_again_only_when_it_changed() {
    const char* const path = "/api/v1/fleet/openapi.json";
    const auto served = f_.ask("", "GET", path);
    CPPUNIT_ASSERT_EQUAL(openapi_json(), served.body);
    CPPUNIT_ASSERT_EQUAL(
        304, f_.ask("", "GET", path, "", {{"if-none-match", *served.header("ETag")}}).status);
  }

  void the_page_for_people_holds_every_operation_and_asks_nobody() {
    const std::string page = f_.ask("", "GET", "/docs").body;
    for (const auto& [place, operation] : operations()) {
      const std::string id = "id=\"" + operation->getValue<std::string>("operationId") + "\"";
      CPPUNIT_ASSERT_MESSAGE(id, page.find(id) != std::string::npos);
    }
    for (const char* foreign : {"<script", "src=", "http-equiv", "<link", "@import", "url("}) {
      CPPUNIT_ASSERT_MESSAGE(foreign, page.find(foreign) == std::string::npos);
    }
  }

  void yaml_becomes_json() {
    CPPUNIT_ASSERT_EQUAL(
        std::string(R"({"a":1,"b":"1","c":[true,null,"x y",-2.5],"d":{},"e":"1m","f":"null"})"),
        yaml_as_json("{a: 1, b: '1', c: [true, null, x y, -2.5], d: {}, e: 1m, f: \"null\"}"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OpenapiTest);
}  // namespace muster
