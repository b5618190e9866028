// Random requests made from the contract, good ones and all kinds of bad ones: never a 5xx, never
// longer than a moment, never a byte of another organization, and every error is a problem.
#include <iostream>
#include <random>

#include "aggregator/api/openapi_document.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using Object = Poco::JSON::Object::Ptr;
using namespace std::chrono_literals;

namespace {

constexpr const char* kNeedle = "needle-7f3a";  // in everything that belongs to the others

// Values for schemas of the contract, mostly good ones.
class Generator {
 public:
  Generator(Object document, unsigned seed) : document_(std::move(document)), random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool once_in(std::size_t count) { return below(count) == 0; }

  // JSON text.
  std::string value(Object schema, int depth = 0) {
    if (once_in(8)) return nonsense();
    schema = resolved(schema);
    if (schema->has("const")) return schema->getValue<bool>("const") ? "true" : "false";
    if (schema->has("enum")) return quoted(any_of(schema->getArray("enum")));
    if (schema->has("oneOf")) return value(item(schema->getArray("oneOf")), depth);
    if (schema->has("allOf")) return object(merged(schema), depth);
    const std::string type = type_of(schema);
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "integer") return std::to_string(static_cast<int>(below(20)) - 2);
    if (type == "boolean") return once_in(2) ? "true" : "false";
    return type == "null" ? "null" : quoted(text(schema->optValue<std::string>("format", "")));
  }

  // As it stands in a query or a header.
  std::string plain(const Object& schema) {
    const std::string json = value(schema);
    return json.size() > 1 && json.front() == '"' ? json.substr(1, json.size() - 2) : json;
  }

  Object resolved(Object schema) const {
    while (schema->has("$ref")) {
      std::string place = schema->getValue<std::string>("$ref").substr(2);
      std::ranges::replace(place, '/', '.');
      schema = Poco::JSON::Query(document_).findObject(place);
    }
    return schema;
  }

 private:
  std::string nonsense() {
    static const std::vector<std::string> kNonsense{"null",
                                                    "true",
                                                    "-1",
                                                    "1e400",
                                                    "9223372036854775808",
                                                    "0.5",
                                                    "[]",
                                                    "{}",
                                                    "[[[[[[]]]]]]",
                                                    R"("")",
                                                    R"("'; DROP TABLE managed_servers; --")",
                                                    R"("%00%ff")",
                                                    R"("\u0000")",
                                                    R"("\ud800")",
                                                    "\"\xc3\x28\"",
                                                    "\"" + std::string(5'000, 'x') + "\"",
                                                    R"("..\/..\/etc")",
                                                    R"({"":""})",
                                                    R"("10%")",
                                                    "nul",
                                                    "\"",
                                                    "{",
                                                    R"("2026-13-40T25:00:00Z")"};
    return kNonsense[below(kNonsense.size())];
  }

  std::string text(const std::string& format) {
    if (format == "uuid") return Uuid::random().to_string();
    if (format == "date-time") return "2026-11-2" + std::to_string(below(10)) + "T08:00:00Z";
    if (format == "uri") return "http://x" + std::to_string(below(9)) + ".example";
    static const std::vector<std::string> kTexts{"web", "eu", "a b", "ü", "10%", "name-", "x'y"};
    return kTexts[below(kTexts.size())] + std::to_string(below(1'000));
  }

  static std::string quoted(const std::string& text) { return '"' + text + '"'; }
  std::string any_of(const Poco::JSON::Array::Ptr& items) {
    return items->get(static_cast<unsigned>(below(items->size()))).toString();
  }
  Object item(const Poco::JSON::Array::Ptr& items) {
    return items->getObject(static_cast<unsigned>(below(items->size())));
  }

  std::string type_of(const Object& schema) {
    if (!schema->has("type")) return schema->has("properties") ? "object" : "string";
    return schema->isArray("type") ? any_of(schema->getArray("type"))
                                   : schema->getValue<std::string>("type");
  }

  Object merged(const Object& schema) {
    Object all = new Poco::JSON::Object, properties = new Poco::JSON::Object;
    for (std::size_t i = 0; i < schema->getArray("allOf")->size(); ++i) {
      const Object part = resolved(schema->getArray("allOf")->getObject(static_cast<unsigned>(i)));
      const Object inner = part->getObject("properties");
      for (const auto& name : inner->getNames()) {
        if (!properties->has(name)) properties->set(name, inner->get(name));
      }
      if (part->has("required")) all->set("required", part->get("required"));
    }
    all->set("properties", properties);
    return all;
  }

  bool requires_field(const Object& schema, const std::string& name) const {
    const auto required = schema->getArray("required");
    for (std::size_t i = 0; required && i < required->size(); ++i) {
      if (required->getElement<std::string>(static_cast<unsigned>(i)) == name) return true;
    }
    return false;
  }

  std::string object(const Object& schema, int depth) {
    const Object properties = schema->getObject("properties");
    std::string text;
    for (const auto& name : properties ? properties->getNames() : std::vector<std::string>()) {
      const bool wanted = requires_field(schema, name) ? !once_in(20) : once_in(3);
      if (!wanted || depth > 4) continue;
      text += (text.empty() ? "" : ",") + quoted(name) + ":" +
              value(properties->getObject(name), depth + 1);
    }
    if (once_in(20)) text += (text.empty() ? "" : ",") + std::string(R"("unknown":1)");
    return "{" + text + "}";
  }

  std::string array(const Object& schema, int depth) {
    std::string text;
    for (std::size_t i = below(4); i > 0; --i) {
      text += (text.empty() ? "" : ",") + value(schema->getObject("items"), depth + 1);
    }
    return "[" + text + "]";
  }

  const Object document_;
  std::mt19937 random_;
};

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  char buffer[4];
  for (const unsigned char c : text) {
    std::snprintf(buffer, sizeof buffer, "%%%02x", c);
    encoded += buffer;
  }
  return encoded;
}

}  // namespace

class RandomRequestsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RandomRequestsTest);
  CPPUNIT_TEST(never_break_what_is_promised);
  CPPUNIT_TEST_SUITE_END();

  static constexpr int kRequests = 4'000;

  const unsigned seed_ = std::random_device()();
  const Object document_ = Poco::JSON::Parser().parse(openapi_json()).extract<Object>();
  Generator generator_{document_, seed_};
  ApiFixture f_;
  std::vector<std::string> ids_;  // of what is there, ours and theirs

  struct Operation {
    std::string method, path, type;
    Object body;  // its schema; null: none
    std::vector<Object> parameters;
  };

  void add_parameters(Operation& operation, const Object& holder) const {
    const auto list = holder->getArray("parameters");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      operation.parameters.push_back(
          generator_.resolved(list->getObject(static_cast<unsigned>(i))));
    }
  }

  std::vector<Operation> operations() const {
    std::vector<Operation> all;
    const Object paths = document_->getObject("paths");
    for (const std::string& path : paths->getNames()) {
      const Object item = paths->getObject(path);
      for (const std::string& method : item->getNames()) {
        if (method == "parameters") continue;
        Operation operation;
        operation.path = path;
        std::ranges::transform(method, std::back_inserter(operation.method), ::toupper);
        add_parameters(operation, item);
        add_parameters(operation, item->getObject(method));
        if (Object body = item->getObject(method)->getObject("requestBody")) {
          body = generator_.resolved(body);
          operation.type = body->getObject("content")->getNames().front();
          operation.body =
              body->getObject("content")->getObject(operation.type)->getObject("schema");
        }
        all.push_back(std::move(operation));
      }
    }
    return all;
  }

  ApiRequest request_for(const Operation& operation) {
    ApiRequest request{operation.method, operation.path, {}, "", "request-1"};
    std::string query;
    for (const Object& parameter : operation.parameters) {
      const auto name = parameter->getValue<std::string>("name");
      const auto in = parameter->getValue<std::string>("in");
      const std::string value = generator_.plain(parameter->getObject("schema"));
      if (in == "path") {
        const bool known = !generator_.once_in(3);
        const std::size_t at = request.target.find('{');
        request.target.replace(
            at, name.size() + 2,
            known ? ids_[generator_.below(ids_.size())] : percent_encoded(value));
      } else if (generator_.once_in(4) && in == "query") {
        query += (query.empty() ? "?" : "&") + name + "=" + percent_encoded(value);
      } else if (generator_.once_in(4) && in == "header") {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), ::tolower);
        request.headers[lower] = value;
      }
    }
    request.target += query;
    if (!operation.body) return request;
    request.body = generator_.value(operation.body);
    request.headers["content-type"] = generator_.once_in(30) ? "text/plain" : operation.type;
    return request;
  }

  static std::string told(const ApiRequest& request, const ApiResponse& response, unsigned seed) {
    return "seed " + std::to_string(seed) + ": " + request.method + " " + request.target + "\n" +
           request.body.substr(0, 2'000) + "\n-> " + std::to_string(response.status) + " " +
           response.body.substr(0, 2'000);
  }

  void check(const ApiRequest& request, const ApiResponse& response,
             std::chrono::steady_clock::duration took) const {
    const std::string what = told(request, response, seed_);
    CPPUNIT_ASSERT_MESSAGE(what, response.status < 500);
    CPPUNIT_ASSERT_MESSAGE(what, took < 5s);
    CPPUNIT_ASSERT_MESSAGE(what, response.body.find(kNeedle) == std::string::npos);
    if (response.status < 400) return;
    CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::string("application/problem+json"),
                                 response.content_type);
    CPPUNIT_ASSERT_NO_THROW_MESSAGE(what, Poco::JSON::Parser().parse(response.body));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::to_string(response.status),
                                 ApiFixture::at(response, "status"));
  }

  void never_break_what_is_promised() {
    for (const char* owner : {"admin", "other"}) {
      const std::string name = owner == std::string("other") ? kNeedle : "ours";
      ids_.push_back(
          f_.add(name, R"(,"region":")" + name + R"(","tags":[")" + name + R"("])", owner));
      ids_.push_back(f_.at(f_.ask(owner, "POST", "/api/v1/fleet/tokens",
                                  R"({"role":"viewer","name":")" + name + R"("})"),
                           "id"));
      ids_.push_back(f_.at(f_.ask(owner, "POST", "/api/v1/fleet/operations",
                                  R"({"action":"health_check","targets":{"all":true}})"),
                           "id"));
    }
    f_.data.sql("UPDATE organizations SET max_requests_per_minute = 1000000000");
    const auto all = operations();
    int good = 0;
    for (int i = 0; i < kRequests; ++i) {
      ApiRequest request = request_for(all[generator_.below(all.size())]);
      request.headers["authorization"] = "Bearer " + ApiFixture::secret("admin");
      const auto start = std::chrono::steady_clock::now();
      const ApiResponse response = f_.api.handle(request);
      check(request, response, std::chrono::steady_clock::now() - start);
      good += response.status < 300 ? 1 : 0;
    }
    CPPUNIT_ASSERT_MESSAGE("too few were good: " + std::to_string(good), good > kRequests / 10);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, f_.data.number("SELECT count(*) FROM managed_servers "
                                                         "WHERE org_id = 2"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RandomRequestsTest);
}  // namespace muster
