// musterd against a simulated fleet that speaks HTTPS, with good and bad certificates: each has its
// exact reason and state, while healthy neighbours are asked on time.
#include "tests/integration/sim_suite.h"

namespace muster {
using namespace test;
namespace {

using Port = SimCase::Port;

SimCase with_certificate(const std::string& kind, const std::string& status,
                         const std::string& reason, int http_status, const std::string& health,
                         const std::string& message) {
  return {.name = kind,
          .status = status,
          .reason = reason,
          .http_status = http_status,
          .health = health,
          .message = message,
          .scheme = "https",
          .certificate = kind};
}

const std::vector<SimCase> kCases{
    with_certificate("good", "ok", "none", 200, "healthy", ""),
    with_certificate("expiring", "warning", "none", 200, "degraded",
                     "the server's certificate expires within 14 days"),
    with_certificate("expired", "critical", "tls_expired", 0, "unreachable", "TLS: certificate"),
    with_certificate("wrong-name", "critical", "tls_wrong_name", 0, "unreachable", "TLS: "),
    with_certificate("self-signed", "critical", "tls_untrusted", 0, "unreachable",
                     "TLS: the certificate is not trusted: self-signed"),
    {.name = "TLS, then silence",
     .behaviour = "hang",
     .status = "critical",
     .reason = "timeout_response",
     .health = "unreachable",
     .message = "no whole answer in time",
     .scheme = "https"},
    {.name = "TLS, then a reset",
     .behaviour = "reset",
     .status = "critical",
     .reason = "reset",
     .http_status = 200,
     .health = "unreachable",
     .message = "the server reset the connection",
     .scheme = "https"},
    {.name = "SSH where TLS should be",
     .behaviour = "ssh",
     .status = "critical",
     .reason = "tls_failed",
     .health = "unreachable",
     .message = "TLS handshake failed: wrong version number",
     .scheme = "https"},
    {.name = "a reset instead of TLS",
     .behaviour = "refuse",
     .status = "critical",
     .reason = "reset",
     .health = "unreachable",
     .message = "the server reset the connection",
     .scheme = "https"},
    {.name = "nobody",
     .status = "critical",
     .reason = "refused",
     .health = "unreachable",
     .message = "connect: Connection refused",
     .scheme = "https",
     .port = Port::kClosed},
    {.name = "HTTPS from a server of HTTP",
     .status = "critical",
     .reason = "tls_failed",
     .health = "unreachable",
     .message = "TLS handshake failed: wrong version number",
     .scheme = "https",
     .port = Port::kOther},
    {.name = "HTTP from a server of HTTPS",
     .status = "critical",
     .reason = "reset",
     .health = "unreachable",
     .message = "the server ",  // closed or reset the connection, as the kernels have it
     .port = Port::kOther},
    {.name = "no handshake",
     .status = "critical",
     .reason = "timeout_tls",
     .health = "unreachable",
     .message = "no TLS handshake in time",
     .scheme = "https",
     .port = Port::kDeaf},
    {.name = "no answer",
     .status = "critical",
     .reason = "timeout_response",
     .health = "unreachable",
     .message = "no whole answer in time",
     .port = Port::kDeaf},
};

}  // namespace

class MusterdSimfleetTlsTest : public SimSuite {
  CPPUNIT_TEST_SUITE(MusterdSimfleetTlsTest);
  CPPUNIT_TEST(cases_are_as_the_table_says);
  CPPUNIT_TEST(neighbours_notice_nothing);
  CPPUNIT_TEST(ends_well);
  CPPUNIT_TEST_SUITE_END();

  SimWorld& world() override {
    static SimWorld made(kCases);
    return made;
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdSimfleetTlsTest);
}  // namespace muster
