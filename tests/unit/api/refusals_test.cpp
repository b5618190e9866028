// What a route does not take, for every route there is; and that a refusal is in the log.
#include <iostream>
#include <sstream>

#include "common/base/log.h"
#include "tests/support/raw_client.h"
#include "tests/unit/api/api_fixture.h"
#include "tests/unit/api/running_front.h"

namespace muster {
using test::ApiFixture;
using namespace std::chrono_literals;

class RefusalsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RefusalsTest);
  CPPUNIT_TEST(unknown_parameters_are_refused_everywhere);
  CPPUNIT_TEST(a_misspelt_wish_changes_nothing);
  CPPUNIT_TEST(a_body_that_nobody_reads_is_refused);
  CPPUNIT_TEST(a_sign_of_life_is_given_however_it_is_asked_for);
  CPPUNIT_TEST(a_long_path_is_recorded_as_far_as_it_fits);
  CPPUNIT_TEST(what_is_refused_before_its_body_is_logged);
  CPPUNIT_TEST(what_the_front_refuses_is_logged);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kServers = "/api/v1/fleet/servers";

  static std::string path_of(const Route& route) {
    std::string path = route.pattern;
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, Uuid::random().to_string());
    }
    return path;
  }

  static std::string type_of(const Route& route) {
    return route.body == BodyKind::kJsonLines ? "application/x-ndjson" : "application/json";
  }

  void unknown_parameters_are_refused_everywhere() {
    ApiFixture f;
    for (const Route& route : f.api.routes()) {
      const auto answer =
          f.ask("platform", route.method, path_of(route) + "?nonsense=1",
                route.body == BodyKind::kNone ? "" : "{}", {{"content-type", type_of(route)}});
      const std::string what = route.method + " " + route.pattern + " " + answer.body;
      // One that reads its query may first look for what is asked about.
      const bool missing = route.query == QueryKind::kRead && answer.status == 404;
      const int wanted = route.query == QueryKind::kIgnored ? 200 : 400;
      CPPUNIT_ASSERT_MESSAGE(what, missing || answer.status == wanted);
    }
  }

  void a_misspelt_wish_changes_nothing() {
    ApiFixture f;
    const std::string server = ApiFixture::path_of(f.add("a"));
    for (const auto& [method, target, body] :
         {std::tuple{"DELETE", server + "?dry_run=true", ""},
          std::tuple{"PATCH", server + "?dry_run=true", R"({"region":"eu"})"},
          std::tuple{"POST", server + "/rotate-token?dry_run=true", ""},
          std::tuple{"POST", std::string(kServers) + "?dry_run=true",
                     R"({"name":"b","api_url":"http://b.example"})"},
          std::tuple{"POST", std::string("/api/v1/fleet/groups?dry_run=true"),
                     R"({"name":"b"})"}}) {
      const auto refused = f.ask("admin", method, target, body);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(target, 400, refused.status);
      CPPUNIT_ASSERT_EQUAL(std::string("dry_run"), f.at(refused, "errors[0].parameter"));
    }
    const auto shown = f.get(server);
    CPPUNIT_ASSERT_MESSAGE("still the first version", shown.header("ETag")->starts_with("\"1-"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, f.items(f.get(kServers)));
    CPPUNIT_ASSERT_EQUAL(200, f.ask("platform", "GET", server + "?organization=default").status);
  }

  void a_body_that_nobody_reads_is_refused() {
    ApiFixture f;
    for (const Route& route : f.api.routes()) {
      if (route.body != BodyKind::kNone) continue;
      const std::string what = route.method + " " + route.pattern;
      const auto answer = f.ask("platform", route.method, path_of(route), "{}");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, 415, answer.status);
      ApiRequest head{route.method, path_of(route), {{"content-length", "2"}}, "", "request-1"};
      head.headers["authorization"] = "Bearer " + ApiFixture::secret("platform");
      const auto admitted = f.api.admit(head);
      CPPUNIT_ASSERT_MESSAGE(what, !admitted && admitted.error().status == 415);
    }
  }

  void a_sign_of_life_is_given_however_it_is_asked_for() {
    ApiFixture f;
    for (const char* path : {"/-/healthy", "/-/ready"}) {
      for (const char* accept : {"text/plain", "application/json", "image/png"}) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(accept, 200,
                                     f.ask("", "GET", path, "", {{"accept", accept}}).status);
      }
      CPPUNIT_ASSERT_EQUAL(200, f.ask("", "GET", std::string(path) + "?t=1").status);
    }
  }

  // In the middle of a character, which the database would refuse.
  void a_long_path_is_recorded_as_far_as_it_fits() {
    ApiFixture f;
    std::string name = "x";
    for (int i = 0; i < 600; ++i) name += "\u00fc";
    for (const std::string& id : {name, "x" + name}) {
      CPPUNIT_ASSERT_EQUAL(404, f.ask("admin", "DELETE", std::string(kServers) + "/" + id).status);
    }
  }

  // The lines of the log while `work` is done.
  template <typename Work>
  static std::string logged(Work work) {
    std::ostringstream captured;
    std::streambuf* const before = std::cerr.rdbuf(captured.rdbuf());
    log::start(log::Level::kInfo);
    work();
    log::start(log::Level::kError);
    std::cerr.rdbuf(before);
    return captured.str();
  }

  static ApiSettings logging() {
    ApiSettings settings;
    settings.port = 0;
    settings.access_log = true;
    return settings;
  }

  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  void what_is_refused_before_its_body_is_logged() {
    ApiFixture f(logging());
    const std::string log = logged([&] {
      const auto refused =
          f.api.admit({"POST", kServers, {{"content-type", "text/plain"}}, "", "request-7"});
      CPPUNIT_ASSERT_EQUAL(401, refused.error().status);
    });
    CPPUNIT_ASSERT_MESSAGE(log, has(log, "api.request ") && has(log, "status=401"));
    CPPUNIT_ASSERT_MESSAGE(log, has(log, "request_id=request-7") && has(log, kServers));
  }

  void what_the_front_refuses_is_logged() {
    test::RunningFront running(logging(), [](const ApiRequest&) { return ApiResponse{}; });
    const std::string log = logged([&] {
      for (const std::string& bad :
           {std::string("nonsense\r\n\r\n"), std::string(20'000, 'x'),
            std::string(
                "POST /long?secret=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n")}) {
        test::RawClient client(running.port, "127.0.0.3");
        client.send(bad);
        CPPUNIT_ASSERT(client.read_to_end());
      }
      running.front.stop(5s);
    });
    for (const char* part :
         {"status=400", "status=431", "status=413", "path=/long ", "peer=127.0.0.3"}) {
      CPPUNIT_ASSERT_MESSAGE(part + log, has(log, part));
    }
    CPPUNIT_ASSERT(!has(log, "secret"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RefusalsTest);
}  // namespace muster
