// Redirects and compressed bodies, which a probe must ask the host for: what is followed and how
// far, what is never followed, and that a small compressed body cannot become a large one.
#include <zlib.h>

#include <atomic>

#include "tests/integration/sim_suite.h"

namespace muster {
using namespace test;
namespace {

const std::string kProbes =
    "- {name: unfollowed, plugin: http_health, every: 1s, timeout: 1s, select: {tags: [strict]},"
    " config: {follow_redirects: false}}\n"
    "- {name: metrics, plugin: metrics_pull, every: 1s, timeout: 1s, affects_health: false,"
    " select: {tags: [measured]}}\n";

// So many redirects one behind the other, and then a healthy answer.
std::string hops(int count) {
  std::string url = "/sim/healthy/health";
  for (int i = 1; i < count; ++i) url = "/sim/redirect:" + url + "/health";
  return "redirect:" + url;
}

const std::vector<SimCase> kCases{
    {"one hop", hops(1), "ok", "none", 200, "healthy"},
    {"three hops", hops(3), "ok", "none", 200, "healthy"},
    {"four hops", hops(4), "critical", "redirect", 302, "critical", "more than 3 redirects"},
    {"loop", "redirect-loop", "critical", "redirect", 302, "critical", "more than 3 redirects"},
    {"to silence", "redirect:/sim/hang/health", "critical", "timeout_response", 0, "unreachable",
     "no whole answer in time"},
    {"to HTTPS", "redirect:https://127.0.0.1/health", "critical", "redirect", 302, "critical",
     "a redirect from http to https is not followed; api_url should begin with https"},
    {"to a file", "redirect:file:///etc/passwd", "critical", "redirect", 302, "critical",
     "redirect: the URL must start with http:// or https://"},
    {"nowhere", "status:302", "critical", "redirect", 302, "critical",
     "a redirect without a location"},
    {"to where nobody may go", "redirect:http://169.254.169.254/latest/meta-data", "unknown",
     "address_denied", 0, "unknown", "connections to 169.254.169.254 are not allowed"},
    {.name = "not followed",
     .behaviour = hops(1),
     .status = "unknown",
     .reason = "redirect",
     .http_status = 302,
     .health = "unknown",
     .message = "the server redirects elsewhere",
     .tag = "strict"},
};

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Compresses for those who say that they understand it, and only for those.
FakeAnswer compressing(const std::string& request) {
  const std::string body = gzip(R"({"cpu":{"usage_percent":12.5}})");
  if (request.find("Accept-Encoding: gzip, deflate\r\n") == std::string::npos) {
    return answer_with(406, "{}");
  }
  return {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body};
}

}  // namespace

class MusterdSimfleetRedirectTest : public SimSuite {
  CPPUNIT_TEST_SUITE(MusterdSimfleetRedirectTest);
  CPPUNIT_TEST(cases_are_as_the_table_says);
  CPPUNIT_TEST(keeps_the_token_to_the_first_server);
  CPPUNIT_TEST(asks_for_compressed_metrics);
  CPPUNIT_TEST(metrics_that_explode_are_refused);
  CPPUNIT_TEST(neighbours_notice_nothing);
  CPPUNIT_TEST(ends_well);
  CPPUNIT_TEST_SUITE_END();

  SimWorld& world() override {
    static SimWorld made(kCases, kProbes);
    return made;
  }
  Daemon& daemon() { return world().daemon(); }

  void keeps_the_token_to_the_first_server() {
    std::atomic<bool> first_got_it{false};
    std::atomic<int> second_asked{0};
    std::atomic<bool> second_got_it{false};
    const auto holds_token = [](const std::string& request) {
      return request.find("Authorization: Bearer sesame-0123456789") != std::string::npos;
    };
    FakeServer second([&](const std::string& request) {
      second_got_it = second_got_it || holds_token(request);
      ++second_asked;
      return healthy();
    });
    FakeServer first([&](const std::string& request) -> FakeAnswer {
      first_got_it = first_got_it || holds_token(request);
      return {"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: " + second.url() +
              "/health\r\n\r\n"};
    });
    const ApiAnswer added = daemon().add_server(
        "with a token", first.url(), R"("tags":["case"],"api_token":"sesame-0123456789")");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, std::string("ok"), added.text("check.status"));
    CPPUNIT_ASSERT(first_got_it);
    CPPUNIT_ASSERT(second_asked > 0);
    CPPUNIT_ASSERT(!second_got_it);
    CPPUNIT_ASSERT_EQUAL(204, daemon().api("DELETE", server_path(added)).status);
  }

  void asks_for_compressed_metrics() {
    FakeServer server(compressing);
    const ApiAnswer added =
        daemon().add_server("compressing", server.url(), R"("tags":["measured"])");
    ApiAnswer page;
    CPPUNIT_ASSERT_MESSAGE(page.body, eventually(kPatience, [&] {
                             page = daemon().api("GET", server_path(added) + "/metrics?period=1m");
                             return page.text("items[0].cpu_percent") == "12.5";
                           }));
    CPPUNIT_ASSERT_EQUAL(204, daemon().api("DELETE", server_path(added)).status);
  }

  void metrics_that_explode_are_refused() {
    const std::string url =
        "http://127.0.0.1:" + std::to_string(world().fleet().port()) + "/sim/gzip-bomb";
    const ApiAnswer added = daemon().add_server("bomb", url, R"("tags":["measured"])");
    ApiAnswer page;
    CPPUNIT_ASSERT(eventually(kPatience, [&] {
      page = daemon().api("GET", server_path(added) + "/health-history?probe=metrics");
      return !page.text("items[0].reason").empty();
    }));
    CPPUNIT_ASSERT_EQUAL(std::string("body_too_large"), page.text("items[0].reason"));
    assert_contains(page.text("items[0].message"), "the decoded body is larger than 1024 KiB");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdSimfleetRedirectTest);
}  // namespace muster
