// The certificates of the real program, as a client sees them.
#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "tests/support/sim_process.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/simfleet/tls_visit.h"

namespace muster {
using test::TlsVisitor;

class TlsServerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TlsServerTest);
  CPPUNIT_TEST(every_address_has_a_good_certificate);
  CPPUNIT_TEST(ranges_have_bad_certificates);
  CPPUNIT_TEST(the_server_name_decides_first);
  CPPUNIT_TEST(sessions_resume);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    directory_.emplace();
    ca_file_ = directory_->path() / "ca.pem";
    sim_.emplace(std::vector<std::string>{
        "--tls-port", "0", "--ca-file", ca_file_, "--tls-rule", "127.1.0.0/16=expired",
        "--tls-rule", "127.2.0.0/16=wrong-name", "--tls-rule", "127.3.0.0/16=self-signed",
        "--tls-rule", "127.4.0.0/16=expiring"});
  }

  void tearDown() override { sim_.reset(); }

 private:
  TlsVisitor::Visit visit(const std::string& address, const std::string& server_name = "") const {
    return TlsVisitor(ca_file_, TLS1_3_VERSION).visit(address, sim_->tls_port(), server_name);
  }

  void every_address_has_a_good_certificate() {
    for (const char* address : {"127.0.0.1", "127.99.98.97"}) {
      const auto seen = visit(address);
      CPPUNIT_ASSERT_EQUAL(long{X509_V_OK}, seen.verdict);
      CPPUNIT_ASSERT(seen.answer.starts_with("HTTP/1.1 200"));
    }
    CPPUNIT_ASSERT_EQUAL(long{X509_V_OK}, visit("127.0.0.1", "any.name.test").verdict);
  }

  void ranges_have_bad_certificates() {
    CPPUNIT_ASSERT_EQUAL(long{X509_V_ERR_CERT_HAS_EXPIRED}, visit("127.1.0.1").verdict);
    CPPUNIT_ASSERT_EQUAL(long{X509_V_ERR_IP_ADDRESS_MISMATCH}, visit("127.2.0.1").verdict);
    CPPUNIT_ASSERT_EQUAL(long{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT}, visit("127.3.0.1").verdict);
    CPPUNIT_ASSERT_EQUAL(5, visit("127.4.0.1").days_left);
  }

  void the_server_name_decides_first() {
    const auto verdict = [&](const char* name) { return visit("127.3.0.1", name).verdict; };
    CPPUNIT_ASSERT_EQUAL(long{X509_V_OK}, verdict("good.sim.test"));
    CPPUNIT_ASSERT_EQUAL(long{X509_V_ERR_CERT_HAS_EXPIRED}, verdict("expired.sim.test"));
    CPPUNIT_ASSERT_EQUAL(long{X509_V_ERR_HOSTNAME_MISMATCH}, verdict("wrong-name.sim.test"));
    CPPUNIT_ASSERT_EQUAL(long{X509_V_OK}, verdict("expiring.sim.test"));
  }

  void sessions_resume() {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      TlsVisitor visitor(ca_file_, version);
      CPPUNIT_ASSERT(!visitor.visit("127.0.0.1", sim_->tls_port()).resumed);
      const auto again = visitor.visit("127.0.0.1", sim_->tls_port());
      CPPUNIT_ASSERT(again.resumed);
      CPPUNIT_ASSERT(again.answer.starts_with("HTTP/1.1 200"));
    }
    CPPUNIT_ASSERT(sim_->stats().find(R"("tls":{"full":2,"resumed":2,)") != std::string::npos);
  }

  std::optional<test::TempDir> directory_;
  std::string ca_file_;
  std::optional<test::SimProcess> sim_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsServerTest);
}  // namespace muster
