// Servers with a private authority that demand a client certificate, registered over the API: how
// musterd finds them with the right material, the wrong, none, and with rubbish in the database.
#include <Poco/JSONString.h>

#include "tests/integration/musterd_suite.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;

class MusterdTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdTlsTest);
  CPPUNIT_TEST(finds_a_server_healthy_with_the_right_material);
  CPPUNIT_TEST(says_what_is_wrong_until_it_is_mended);
  CPPUNIT_TEST(warns_of_a_certificate_that_expires_soon);
  CPPUNIT_TEST(starts_again_with_what_the_database_holds);
  CPPUNIT_TEST_SUITE_END();

  struct Watch {
    TestCertificates authority;
    TestCertificates clients;
    TestIdentity ours = clients.good();
    StateFolder state;
    Daemon daemon{state.path(), {kHealthProbe}};
    Watch() { daemon.start(); }
  };

  static Watch& watch() {
    static Watch running;
    return running;
  }
  static Daemon& daemon() { return watch().daemon; }

  static TlsServer demanding(TestIdentity identity) {
    TlsServer::Options options;
    options.client_authority = watch().clients.authority_pem();
    return TlsServer(std::move(identity), options);
  }
  static std::string url_of(const TlsServer& server) {
    return "https://127.0.0.1:" + std::to_string(server.port());
  }

  static std::string member(const std::string& name, const std::string& value) {
    return "\"" + name + "\":" + Poco::toJSON(value);
  }
  static std::string ca(const TestCertificates& authority) {
    return member("ca_pem", authority.authority_pem());
  }
  static std::string client() {
    return member("client_certificate_pem", TestCertificates::certificate_pem(watch().ours)) + "," +
           member("client_key_pem", TestCertificates::key_pem(watch().ours));
  }
  static std::string tls(const std::string& members) { return "\"tls\":{" + members + "}"; }

  static ApiAnswer shown(const ApiAnswer& server) {
    return daemon().api("GET", server_path(server));
  }
  static void wait_for(const ApiAnswer& server, const std::string& field,
                       const std::string& wanted) {
    std::string seen;
    eventually(kPatience, [&] { return (seen = shown(server).text(field)) == wanted; });
    CPPUNIT_ASSERT_EQUAL_MESSAGE(daemon().log(), wanted, seen);
  }
  static void patch(const ApiAnswer& server, const std::string& members) {
    const auto patched = daemon().api("PATCH", server_path(server), "{" + tls(members) + "}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(patched.body, 200, patched.status);
  }
  static void sql(const std::string& statement) {
    Connection connection = must(Connection::open({watch().state.conninfo()}));
    must(connection.exec(statement));
  }

  void finds_a_server_healthy_with_the_right_material() {
    const TlsServer server = demanding(watch().authority.issue("IP:127.0.0.1", -1h, 24h * 40 + 1h));
    const ApiAnswer added =
        daemon().add_server("right", url_of(server), tls(ca(watch().authority) + "," + client()));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, std::string("ok"), added.text("check.status"));
    CPPUNIT_ASSERT_EQUAL(std::string("certificate_expires_in_days"),
                         added.text("check.metrics[0].name"));
    CPPUNIT_ASSERT_EQUAL(std::string("40"), added.text("check.metrics[0].value"));
    wait_for(added, "health_status", "healthy");
    CPPUNIT_ASSERT(server.shown_certificates() > 0);
    const std::string secret = TestCertificates::key_pem(watch().ours).substr(40, 30);
    CPPUNIT_ASSERT(shown(added).body.find(secret) == std::string::npos);
    CPPUNIT_ASSERT(daemon().log().find(secret) == std::string::npos);
  }

  void says_what_is_wrong_until_it_is_mended() {
    const TlsServer server = demanding(watch().authority.good());
    const ApiAnswer wrong =
        daemon().add_server("wrong", url_of(server), tls(ca(watch().clients) + "," + client()));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(wrong.body, std::string("tls_untrusted"),
                                 wrong.text("check.reason"));
    const ApiAnswer bare = daemon().add_server("bare", url_of(server), tls(ca(watch().authority)));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(bare.body, std::string("tls_failed"), bare.text("check.reason"));
    assert_contains(bare.text("check.message"), "asks for a client certificate");
    wait_for(wrong, "health_status", "unreachable");
    wait_for(bare, "health_status", "unreachable");
    patch(wrong, ca(watch().authority));
    patch(bare, client());
    wait_for(wrong, "health_status", "healthy");
    wait_for(bare, "health_status", "healthy");
  }

  void warns_of_a_certificate_that_expires_soon() {
    const TlsServer server = demanding(watch().authority.issue("IP:127.0.0.1", -1h, 24h * 3));
    const ApiAnswer added =
        daemon().add_server("ending", url_of(server), tls(ca(watch().authority) + "," + client()));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, std::string("warning"), added.text("check.status"));
    wait_for(added, "health_status", "degraded");
    CPPUNIT_ASSERT_EQUAL(std::string("the server's certificate expires within 14 days"),
                         shown(added).text("health_message"));
  }

  // What no API call lets in, a restored or edited database may hold.
  void starts_again_with_what_the_database_holds() {
    const TlsServer server = demanding(watch().authority.good());
    const std::string right = tls(ca(watch().authority) + "," + client());
    const ApiAnswer sound = daemon().add_server("sound", url_of(server), right);
    const ApiAnswer damaged = daemon().add_server("damaged", url_of(server), right);
    wait_for(sound, "health_status", "healthy");
    wait_for(damaged, "health_status", "healthy");
    sql("UPDATE managed_servers SET tls_certificate_pem = 'rubbish' WHERE name = 'damaged'");
    daemon().stop();
    const int before = server.shown_certificates();
    daemon().start();
    wait_for(damaged, "health_reason", "tls_failed");
    CPPUNIT_ASSERT_EQUAL(std::string("tls of this server: client_certificate_pem: holds no "
                                     "-----BEGIN CERTIFICATE----- block"),
                         shown(damaged).text("health_message"));
    CPPUNIT_ASSERT(eventually(kPatience, [&] { return server.shown_certificates() > before; }));
    wait_for(sound, "health_status", "healthy");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdTlsTest);
}  // namespace muster
