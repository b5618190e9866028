// Random requests made from the contract, good ones and all kinds of bad ones, by everybody: never
// a 5xx, never longer than a moment, never a byte of another organization, and every error is a
// problem. MUSTER_SEED=N plays the requests of a failure again.
#include <cstdlib>
#include <iostream>

#include "aggregator/api/openapi_document.h"
#include "tests/support/slowness.h"
#include "tests/unit/api/api_fixture.h"
#include "tests/unit/api/request_generator.h"

namespace muster {
using test::ApiFixture;
using test::RequestGenerator;
using Object = Poco::JSON::Object::Ptr;
using namespace std::chrono_literals;

namespace {

// In all that a client of the organization writes; never in what the other is answered.
constexpr const char* kOurs = "ours-7f3a-";
constexpr const char* kTheirs = "theirs-7f3a-";

struct Operation {
  std::string method, path, type;
  Object body;  // its schema; null: none
  std::vector<Object> parameters;
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

unsigned chosen_seed() {
  const char* const given = std::getenv("MUSTER_SEED");
  const unsigned seed = given ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
  std::cout << "seed " << seed << std::endl;  // at once: what hangs is ended from outside
  return seed;
}

// The target in a Link header of the next page.
std::string next_page(const ApiResponse& response) {
  const std::string* const link = response.header("Link");
  return link ? link->substr(1, link->find('>') - 1) : "";
}

}  // namespace

class RandomRequestsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RandomRequestsTest);
  CPPUNIT_TEST(never_break_what_is_promised);
  CPPUNIT_TEST_SUITE_END();

  // On a busy machine fewer: the first of them are the same.
  static constexpr int kRequests = 4'000, kRequestsAtLeast = 1'500;
  static constexpr auto kLongEnough = 20s;

  struct Built {  // when the test runs: CppUnit makes the fixtures of all tests before the first
    const unsigned seed = chosen_seed();
    const Object document = Poco::JSON::Parser().parse(openapi_json()).extract<Object>();
    RequestGenerator generator{document, seed};
    ApiFixture f;
  };
  std::optional<Built> built_;
  Built& b() { return built_ ? *built_ : built_.emplace(); }
  RequestGenerator& generator() { return b().generator; }

  std::vector<std::string> next_pages_{"/api/v1/fleet/servers?cursor=x"};
  int good_ = 0, imports_ = 0, pages_ = 0;

  void add_parameters(Operation& operation, const Object& holder) {
    const auto list = holder->getArray("parameters");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      operation.parameters.push_back(
          generator().resolved(list->getObject(static_cast<unsigned>(i))));
    }
  }

  void add_body(Operation& operation, const Object& described) {
    Object body = described->getObject("requestBody");
    if (!body) return;
    const Object content = generator().resolved(body)->getObject("content");
    operation.type = content->getNames().front();
    operation.body = content->getObject(operation.type)->getObject("schema");
    if (operation.type != "application/x-ndjson") return;
    operation.body = new Poco::JSON::Object;  // of a line
    operation.body->set("$ref", "#/components/schemas/NewServer");
  }

  std::vector<Operation> operations() {
    std::vector<Operation> all;
    const Object paths = b().document->getObject("paths");
    for (const std::string& path : paths->getNames()) {
      const Object item = paths->getObject(path);
      for (const std::string& method : item->getNames()) {
        if (method == "parameters") continue;
        Operation operation;
        operation.path = path;
        std::ranges::transform(method, std::back_inserter(operation.method), ::toupper);
        add_parameters(operation, item);
        add_parameters(operation, item->getObject(method));
        add_body(operation, item->getObject(method));
        // Of the many lines of an import few are all good, so that it is asked for more often.
        const std::size_t times = operation.type == "application/x-ndjson" ? 4 : 1;
        all.insert(all.end(), times, operation);
      }
    }
    return all;
  }

  std::string value_of(const Object& parameter) {
    const auto name = parameter->getValue<std::string>("name");
    // Everybody chooses from the same few keys.
    if (name == "Idempotency-Key") return "key-" + std::to_string(generator().below(50));
    if (name == "cursor" && !generator().once_in(4)) {
      const std::string& page = generator().one_of(next_pages_);
      return page.substr(page.find("cursor=") + 7);
    }
    return generator().plain(parameter->getObject("schema"));
  }

  void add_parameter(ApiRequest& request, const Object& parameter) {
    auto name = parameter->getValue<std::string>("name");
    const auto in = parameter->getValue<std::string>("in");
    if (in == "path") {
      const std::string value =
          generator().once_in(5) ? percent_encoded(value_of(parameter)) : generator().id();
      request.target.replace(request.target.find('{' + name), name.size() + 2, value);
      return;
    }
    if (!generator().once_in(4)) return;
    const std::string value = value_of(parameter);
    if (in == "query") {
      const bool first = request.target.find('?') == std::string::npos;
      request.target += (first ? "?" : "&") + name + "=" + percent_encoded(value);
    } else {
      std::ranges::transform(name, name.begin(), ::tolower);
      request.headers[name] = value;
    }
  }

  ApiRequest request_for(const Operation& operation) {
    ApiRequest request{operation.method, operation.path, {}, "", "request-1"};
    for (const std::string in : {"path", "query", "header"}) {
      for (const Object& parameter : operation.parameters) {
        if (parameter->getValue<std::string>("in") == in) add_parameter(request, parameter);
      }
    }
    if (!operation.body) return request;
    const bool of_lines = operation.type == "application/x-ndjson";
    request.body = of_lines ? generator().lines(operation.body) : generator().value(operation.body);
    request.headers["content-type"] = generator().once_in(30) ? "text/plain" : operation.type;
    return request;
  }

  std::string told(const ApiRequest& request, const std::string& caller,
                   const ApiResponse& response) {
    return "seed " + std::to_string(b().seed) + ": " + request.method + " " + request.target +
           " as " + caller + "\n" + request.body.substr(0, 2'000) + "\n-> " +
           std::to_string(response.status) + " " + response.body.substr(0, 2'000);
  }

  void check(const std::string& what, const std::string& caller, const ApiResponse& response) {
    CPPUNIT_ASSERT_MESSAGE(what, response.status < 500);
    const char* const needle = caller == "other" ? kOurs : kTheirs;
    const bool found = response.body.find(needle) != std::string::npos;
    CPPUNIT_ASSERT_MESSAGE(what, caller == "platform" || !found);
    if (response.status < 400) return;
    CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::string("application/problem+json"),
                                 response.content_type);
    CPPUNIT_ASSERT_NO_THROW_MESSAGE(what, Poco::JSON::Parser().parse(response.body));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::to_string(response.status),
                                 ApiFixture::at(response, "status"));
  }

  // Later requests name what has been made and go on where a page ended.
  void learn_from(const ApiRequest& request, const ApiResponse& response) {
    if (response.status >= 300) return;
    ++good_;
    if (const std::string* const made = response.header("Location")) {
      generator().learn(made->substr(made->rfind('/') + 1));
    }
    if (request.target.find("cursor=") != std::string::npos) ++pages_;
    if (const std::string page = next_page(response); !page.empty()) next_pages_.push_back(page);
    if (request.target.find("/import") == std::string::npos) return;
    imports_ += ApiFixture::at(response, "created") != "0" ? 1 : 0;
  }

  void ask(const std::string& caller, ApiRequest request) {
    if (!caller.empty()) request.headers["authorization"] = "Bearer " + ApiFixture::secret(caller);
    const auto start = std::chrono::steady_clock::now();
    const ApiResponse response = b().f.api.handle(request);
    const auto took = std::chrono::steady_clock::now() - start;
    const std::string what = told(request, caller, response);
    CPPUNIT_ASSERT_MESSAGE(what, took < 5s * test::kSlowness);
    check(what, caller, response);
    learn_from(request, response);
  }

  void make_some(const std::string& owner, const std::string& name) {
    const std::string quoted = "\"name\":\"" + name + "\"";
    const std::pair<const char*, std::string> things[] = {
        {"servers", "{" + quoted + R"(,"api_url":"http://x.example","tags":[")" + name + "\"]}"},
        {"groups", "{" + quoted + R"(,"filter":{"tags":[")" + name + "\"]}}"},
        {"tokens", "{" + quoted + R"(,"role":"viewer"})"},
        {"operations", R"({"action":"health_check","targets":{"all":true}})"}};
    for (const auto& [collection, body] : things) {
      const std::string target = std::string("/api/v1/fleet/") + collection;
      ask(owner, {"POST", target, {{"content-type", "application/json"}}, body, "request-1"});
    }
    CPPUNIT_ASSERT(good_ % 4 == 0);
  }

  // What random requests have used up: the quotas of organizations, their places for operations.
  void make_room() {
    b().f.data.sql(
        "UPDATE organizations SET max_servers = NULL, max_checks_per_second = NULL, "
        "max_requests_per_minute = 1000000000");
    b().f.data.sql("UPDATE fleet_operations SET state = 'succeeded', finished_at = now()");
  }

  void ask_at_random(const std::vector<Operation>& all) {
    static const std::vector<std::string> kCallers{
        "admin",  "admin",    "admin",    "admin",    "other",   "other", "other",
        "viewer", "operator", "operator", "platform", "expired", ""};
    const std::string& caller = generator().one_of(kCallers);
    generator().speak_as(caller == "other" ? kTheirs : kOurs);
    const ApiRequest next{"GET", generator().one_of(next_pages_), {}, "", "request-1"};
    ask(caller, generator().once_in(15) ? next : request_for(generator().one_of(all)));
    b().f.clock.advance(1s);
  }

  std::int64_t rows_in_the_wrong_place(const std::string& table) {
    return b().f.data.number("SELECT count(*) FROM " + table +
                                 " WHERE name LIKE CASE org_id WHEN 1 THEN $1 ELSE $2 END || '%'",
                             {kTheirs, kOurs});
  }

  void never_break_what_is_promised() {
    make_room();
    make_some("admin", kOurs);
    make_some("other", kTheirs);
    const auto all = operations();
    const auto start = std::chrono::steady_clock::now();
    int asked = 0;
    while (asked < kRequests) {
      if (asked % 50 == 0) make_room();
      ask_at_random(all);
      const bool enough = ++asked >= kRequestsAtLeast;
      if (enough && std::chrono::steady_clock::now() - start > kLongEnough) break;
    }
    std::cout << asked << " requests, " << good_ << " good, " << pages_ << " further pages, "
              << imports_ << " imports" << std::endl;
    CPPUNIT_ASSERT(good_ > asked / 10);
    CPPUNIT_ASSERT(pages_ > 0 && imports_ > 0);
    for (const char* const table : {"managed_servers", "server_groups", "api_tokens"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(table, std::int64_t{0}, rows_in_the_wrong_place(table));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RandomRequestsTest);
}  // namespace muster
