// musterd against every behaviour that muster-simfleet plays, each with its exact reason, HTTP
// status and state as the API has it, while healthy neighbours are asked on time.
#include <algorithm>

#include "tests/integration/sim_suite.h"
#include "tests/simfleet/behaviour.h"
#include "tests/support/slowness.h"

namespace muster {
using namespace test;
namespace {

using Port = SimCase::Port;

const std::vector<SimCase> kCases{
    // What a server says of itself.
    {"healthy", "healthy", "ok", "none", 200, "healthy"},
    {"degraded", "degraded", "warning", "reported_unhealthy", 200, "degraded", "degraded: "},
    {"unhealthy", "unhealthy", "critical", "reported_unhealthy", 503, "critical", "unhealthy: "},
    {"slow", "slow:200", "ok", "none", 200, "healthy"},
    {"empty", "empty", "ok", "none", 200, "healthy"},
    {"html", "html", "ok", "none", 200, "healthy"},
    {"keepalive-close", "keepalive-close", "ok", "none", 200, "healthy"},

    // Status codes.
    {"no-content", "status:204", "ok", "none", 204, "healthy"},
    {"not-modified", "status:304", "unknown", "redirect", 304, "unknown", "the server redirects"},
    {"bad-request", "status:400", "critical", "status_code", 400, "critical", "the server answer"},
    {"forbidden", "status:403", "unknown", "auth", 403, "unknown", "403: the token may not"},
    {"not-found", "status:404", "unknown", "not_found", 404, "unknown", "404: the path is not"},
    {"limiting", "status:429", "unknown", "rate_limited", 429, "unknown", "429: the server lim"},
    {"failing", "status:500", "critical", "status_code", 500, "critical", "the server answered"},
    {"unauthorized", "unauthorized", "unknown", "auth", 401, "unknown", "401: the server wants"},
    {.name = "authorized",
     .behaviour = "unauthorized",
     .status = "ok",
     .reason = "none",
     .http_status = 200,
     .health = "healthy",
     .more_fields = R"("api_token":"simfleet")"},

    // Nobody there.
    {.name = "closed port",
     .status = "critical",
     .reason = "refused",
     .health = "unreachable",
     .message = "connect: Connection refused",
     .port = Port::kClosed},
    {.name = "black hole",
     .status = "critical",
     .reason = "timeout_connect",
     .health = "unreachable",
     .message = "no connection in time",
     .port = Port::kSilent},

    // Connections that come to nothing.
    {"hang", "hang", "critical", "timeout_response", 0, "unreachable", "no whole answer in time"},
    {"drip", "drip", "critical", "timeout_response", 0, "unreachable", "no whole answer in time"},
    {"refuse", "refuse", "critical", "reset", 0, "unreachable", "the server reset the conn"},
    {"reset", "reset", "critical", "reset", 200, "unreachable", "the server reset the conn"},
    {"close", "close", "critical", "reset", 200, "unreachable", "the server closed the conn"},
    {"truncated", "truncated", "critical", "reset", 200, "unreachable", "the server closed the"},

    // What is no HTTP.
    {"ssh", "ssh", "critical", "protocol", 0, "unreachable", "the answer is not proper HTTP: "},
    {"bad-chunk", "bad-chunk", "critical", "protocol", 200, "unreachable", "the answer is not "},
    {"endless-headers", "endless-headers", "critical", "protocol", 0, "unreachable",
     "the headers are larger than 64 KiB"},

    // Bodies that are too much.
    {"huge", "huge", "critical", "body_too_large", 200, "critical",
     "the body is larger than 256 KiB"},
    {"endless", "endless", "critical", "body_too_large", 200, "critical",
     "the body is larger than 256 KiB"},
    {"gzip-bomb", "gzip-bomb", "critical", "body_too_large", 200, "critical",
     "the decoded body is larger than 256 KiB"},

    // Documents that are none.
    {"bad-json", "bad-json", "critical", "bad_document", 200, "critical", "the health document"},
    {"deep-json", "deep-json", "critical", "bad_document", 200, "critical", "the health docum"},
    {"bad-utf8", "bad-utf8", "critical", "bad_document", 200, "critical", "the health document"},
};

// Which suites hold the behaviours that are not in the table above.
constexpr const char* kElsewhere[] = {"flapping", "redirect", "redirect-loop"};

}  // namespace

class MusterdSimfleetTest : public SimSuite {
  CPPUNIT_TEST_SUITE(MusterdSimfleetTest);
  CPPUNIT_TEST(leaves_out_no_behaviour);
  CPPUNIT_TEST(cases_are_as_the_table_says);
  CPPUNIT_TEST(follows_a_flapping_server);
  CPPUNIT_TEST(neighbours_notice_nothing);
  CPPUNIT_TEST(ends_well);
  CPPUNIT_TEST_SUITE_END();

  SimWorld& world() override {
    static SimWorld made(kCases);
    return made;
  }

  void leaves_out_no_behaviour() {
    for (const sim::BehaviourEntry& entry : sim::behaviour_table()) {
      const auto plays = [&](const SimCase& one) {
        return one.behaviour.substr(0, one.behaviour.find(':')) == entry.name;
      };
      CPPUNIT_ASSERT_MESSAGE(
          std::string(entry.name),
          std::ranges::any_of(kCases, plays) || std::ranges::count(kElsewhere, entry.name) == 1);
    }
  }

  // Longer in each state than it takes to decide.
  void follows_a_flapping_server() {
    const std::string url = "http://127.0.0.1:" + std::to_string(world().fleet().port()) +
                            "/sim/flapping:" + std::to_string(6 * SimWorld::kProbeEvery.count());
    const ApiAnswer added = world().daemon().add_server("flapping", url, R"("tags":["case"])");
    for (const std::string state : {"healthy", "critical", "healthy"}) {
      CPPUNIT_ASSERT_MESSAGE(
          state, eventually(kPatience * kSlowness, [&] {
            return world().daemon().api("GET", server_path(added)).text("health_status") == state;
          }));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdSimfleetTest);
}  // namespace muster
