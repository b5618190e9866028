// openapi.yaml against what the handlers take: each query parameter and each field of a body that
// it names, and no other. What they answer is held against it in all tests of the API
// (ApiFixture::ask), by the checker that is tested here too.
#include <set>

#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using test::ContractChecker;
using Object = ContractChecker::Object;

class ContractTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ContractTest);
  CPPUNIT_TEST(the_checker_sees_what_is_not_promised);
  CPPUNIT_TEST(every_operation_takes_the_parameters_it_names_and_no_others);
  CPPUNIT_TEST(every_operation_takes_the_fields_it_names_and_no_others);
  CPPUNIT_TEST_SUITE_END();

  using Names = std::set<std::string>;

  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }
  const ContractChecker& contract_ = ContractChecker::of_this_build();
  std::map<std::string, std::string> ids_;  // by a part of the path

  void the_checker_sees_what_is_not_promised() {
    const ContractChecker checker(R"({"paths":{"/x":{"get":{"responses":{"200":{"content":{
      "application/json":{"schema":{"type":"object","required":["a"],"properties":{
        "a":{"type":"integer"},"b":{"type":["string","null"],"enum":["one"]},
        "c":{"type":"array","items":{"$ref":"#/s"}},"d":{"oneOf":[{"$ref":"#/s"},{"type":"null"}]},
        "e":{"type":"object","additionalProperties":{"type":"number"}}}}}}}}}}},
      "s":{"type":"object","properties":{"t":{"type":"string","format":"date-time"}}}})");
    const auto complaint = [&](const std::string& body, int status = 200) {
      return checker.complaint("GET /x", {status, body, {}}).value_or("");
    };
    for (const char* good :
         {R"({"a":1})", R"({"a":1,"b":null})", R"({"a":1,"b":"one"})", R"({"a":1,"d":null})",
          R"({"a":1,"c":[{"t":"2026-01-01T00:00:00Z"}],"d":{}})",
          R"({"a":1,"e":{"x":1,"y":0.5}})"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(good, std::string(), complaint(good));
    }
    for (const char* bad :
         {R"({})", R"({"a":"1"})", R"({"a":1.5})", R"({"a":null})", R"({"a":1,"b":"two"})",
          R"({"a":1,"z":1})", R"({"a":1,"c":[{"z":1}]})", R"({"a":1,"c":{}})",
          R"({"a":1,"c":[{"t":"today"}]})", R"({"a":1,"d":1})", R"({"a":1,"d":{"z":1}})",
          R"({"a":1,"e":{"x":"1"}})", R"([])"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !complaint(bad).empty());
    }
    CPPUNIT_ASSERT(!complaint(R"({"a":1})", 404).empty());
    CPPUNIT_ASSERT(checker.complaint("GET /x", {200, R"({"a":1})", {{"X-New", "1"}}}));
    CPPUNIT_ASSERT(checker.complaint("POST /x", {200, R"({"a":1})", {}}));
  }

  void make_one_of_each() {
    ids_["servers"] = f().add("a");
    ids_["organizations"] =
        f().at(f().ask("platform", "GET", "/api/v1/fleet/organizations"), "items[0].id");
    const auto made = [&](const std::string& what, const std::string& body) {
      const auto answer = f().ask("admin", "POST", "/api/v1/fleet/" + what, body);
      CPPUNIT_ASSERT_MESSAGE(answer.body, answer.status < 300);
      ids_[what] = f().at(answer, "id");
    };
    made("groups", R"({"name":"g"})");
    made("tokens", R"({"name":"t","role":"viewer"})");
    made("operations", R"({"action":"health_check","targets":{"all":true}})");
  }

  // Asks with the strongest token that the operation takes.
  ApiResponse ask(const std::string& operation, const std::string& query, const std::string& body) {
    const std::size_t space = operation.find(' ');
    std::string path = operation.substr(space + 1);
    for (const auto& [part, id] : ids_) {
      const std::string mark = "/" + part + "/{id}";
      if (const std::size_t at = path.find(mark); at != std::string::npos) {
        path.replace(at + part.size() + 2, 4, id);
      }
    }
    const std::string role = contract_.operations().at(operation)->getValue<std::string>("x-role");
    return f().ask(role == "platform" ? "platform"
                   : role == "none"   ? ""
                                      : "admin",
                   operation.substr(0, space), path + query, body,
                   {{"content-type", contract_.body_type(operation)}});
  }

  // The places that the answer calls unknown.
  static Names unknown_in(const ApiResponse& answer, const std::string& code,
                          const std::string& where) {
    Names names;
    if (answer.status < 400) return names;
    const auto problem = Poco::JSON::Parser().parse(answer.body).extract<Object>();
    const auto errors = problem->getArray("errors");
    for (unsigned i = 0; errors && i < errors->size(); ++i) {
      const Object error = errors->getObject(i);
      if (error->getValue<std::string>("code") == code) {
        names.insert(error->getValue<std::string>(where));
      }
    }
    return names;
  }

  Names query_parameters(const std::string& operation) const {
    Names names{"organization"};
    for (const Object& parameter : contract_.parameters(operation)) {
      if (parameter->getValue<std::string>("in") == "query") {
        names.insert(parameter->getValue<std::string>("name"));
      }
    }
    return names;
  }

  void every_operation_takes_the_parameters_it_names_and_no_others() {
    make_one_of_each();
    Names all{"nonsense"};
    for (const auto& [operation, node] : contract_.operations())
      all.merge(query_parameters(operation));
    all.erase("organization");  // Api reads it, for every route
    std::string query;
    for (const std::string& name : all) query += (query.empty() ? "?" : "&") + name + "=1";
    for (const auto& [operation, node] : contract_.operations()) {
      if (node->getValue<std::string>("x-role") == "none") continue;
      if (operation.ends_with("/metrics") && operation.find("servers") == std::string::npos)
        continue;
      const std::string body = node->has("requestBody") ? "{}" : "";
      const Names refused =
          unknown_in(ask(operation, query, body), "unknown_parameter", "parameter");
      const Names named = query_parameters(operation);
      for (const std::string& name : all) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(operation + " " + name, named.contains(name),
                                     !refused.contains(name));
      }
    }
  }

  // "/name", "/filter/tags" ... as deep as the schema names fields.
  void add_places(const Object& schema, const std::string& above, Names& places) const {
    for (const auto& [name, inner] : contract_.fields(schema)) {
      places.insert(above + "/" + name);
      add_places(inner, above + "/" + name, places);
    }
  }

  // An object with a field that there is not, at every depth, and null for what is no object.
  std::string probe_of(const Object& schema, const Names& extra) const {
    std::string text = R"("nonsense":null)";
    const auto fields = contract_.fields(schema);
    for (const std::string& name : extra) {
      if (!fields.contains(name)) text += ",\"" + name + "\":null";
    }
    for (const auto& [name, inner] : fields) {
      const bool nested = !contract_.fields(inner).empty();
      text += ",\"" + name + "\":" + (nested ? probe_of(inner, extra) : "null");
    }
    return "{" + text + "}";
  }

  void every_operation_takes_the_fields_it_names_and_no_others() {
    make_one_of_each();
    Names all;
    for (const auto& [operation, node] : contract_.operations()) {
      const Object schema = contract_.body_schema(operation);
      if (!schema) continue;
      for (const auto& [name, inner] : contract_.fields(schema)) all.insert(name);
    }
    CPPUNIT_ASSERT(all.size() > 20);
    for (const auto& [operation, node] : contract_.operations()) {
      const Object schema = contract_.body_schema(operation);
      if (!schema) continue;
      const Names refused =
          unknown_in(ask(operation, "", probe_of(schema, all)), "unknown_field", "pointer");
      Names named;
      add_places(schema, "", named);
      for (const std::string& place : named) {
        CPPUNIT_ASSERT_MESSAGE(operation + " refuses " + place, !refused.contains(place));
      }
      CPPUNIT_ASSERT_MESSAGE(operation, refused.contains("/nonsense"));
      for (const std::string& name : all) {
        CPPUNIT_ASSERT_MESSAGE(operation + " takes /" + name,
                               named.contains("/" + name) || refused.contains("/" + name));
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ContractTest);
}  // namespace muster
