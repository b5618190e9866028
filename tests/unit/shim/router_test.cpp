#include "agent-shim/router.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace shim;

class RouterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RouterTest);
  CPPUNIT_TEST(answers_known_paths);
  CPPUNIT_TEST(wants_the_whole_token);
  CPPUNIT_TEST(hides_paths_from_strangers);
  CPPUNIT_TEST(opens_only_the_public_paths);
  CPPUNIT_TEST(says_which_methods_it_allows);
  CPPUNIT_TEST(takes_no_body);
  CPPUNIT_TEST_SUITE_END();

  static Router router(const char* token = "", std::set<std::string> open = {}) {
    const auto hello = [] { return HttpResponse{200, "text/plain", "hello", {}}; };
    return Router({{"/health", hello}, {"/metrics", hello}}, {Secret(token), std::move(open)});
  }

  static HttpRequest get(const std::string& path, const std::string& authorization = "") {
    HttpRequest request{"GET", path, {}, true, false};
    if (!authorization.empty()) request.headers["authorization"] = authorization;
    return request;
  }

  void answers_known_paths() {
    CPPUNIT_ASSERT_EQUAL(std::string("hello"), router().answer(get("/health")).body);
    for (const char* path : {"", "/", "/healthz", "/health/", "/HEALTH", "//health"}) {
      const auto response = router().answer(get(path));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 404, response.status);
      CPPUNIT_ASSERT_EQUAL(std::string("application/problem+json"), response.content_type);
    }
  }

  void wants_the_whole_token() {
    const Router guarded = router("0123456789abcdef");
    CPPUNIT_ASSERT_EQUAL(200, guarded.answer(get("/health", "Bearer 0123456789abcdef")).status);
    CPPUNIT_ASSERT_EQUAL(200, guarded.answer(get("/health", "bearer 0123456789abcdef")).status);
    for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer 0123456789abcde", "0123456789abcdef",
                              "Bearer 0123456789abcdefg", "Basic 0123456789abcdef"}) {
      const auto response = guarded.answer(get("/health", wrong));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong, 401, response.status);
      CPPUNIT_ASSERT(response.headers.at("WWW-Authenticate").starts_with("Bearer"));
    }
  }

  void hides_paths_from_strangers() {
    CPPUNIT_ASSERT_EQUAL(401, router("0123456789abcdef").answer(get("/nope")).status);
  }

  void opens_only_the_public_paths() {
    const Router guarded = router("0123456789abcdef", {"/health"});
    CPPUNIT_ASSERT_EQUAL(200, guarded.answer(get("/health")).status);
    CPPUNIT_ASSERT_EQUAL(401, guarded.answer(get("/metrics")).status);
  }

  void says_which_methods_it_allows() {
    auto request = get("/health");
    request.method = "HEAD";
    CPPUNIT_ASSERT_EQUAL(200, router().answer(request).status);
    for (const char* method : {"POST", "PUT", "DELETE", "get", "TRACE"}) {
      request.method = method;
      const auto response = router().answer(request);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(method, 405, response.status);
      CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD"), response.headers.at("Allow"));
    }
  }

  void takes_no_body() {
    auto request = get("/health");
    request.has_body = true;
    CPPUNIT_ASSERT_EQUAL(413, router().answer(request).status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RouterTest);
}  // namespace muster
