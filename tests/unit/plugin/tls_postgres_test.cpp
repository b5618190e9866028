// The plugin tls against a real PostgreSQL with ssl=on.
#include <cppunit/extensions/HelperMacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "aggregator/storage/embedded_postgres.h"
#include "aggregator/storage/os_account.h"
#include "tests/support/probe_scene.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace muster {
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class TlsPostgresTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TlsPostgresTest);
  CPPUNIT_TEST(asks_postgres_for_tls);
  CPPUNIT_TEST_SUITE_END();

  // Its port is fixed, so it gets an address that nobody else has.
  static std::string address() {
    const int pid = ::getpid();
    return "127." + std::to_string(100 + pid / 65536 % 100) + "." +
           std::to_string(pid / 256 % 256) + "." + std::to_string(pid % 254 + 1);
  }

  std::string file(const std::string& name, const std::string& text) const {
    const fs::path path = top_.path() / name;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms(0600));
    const OsAccount account = test::must(OsAccount::for_server(top_.path() / "state"));
    CPPUNIT_ASSERT(::chown(path.c_str(), account.uid, account.gid) == 0);
    return path;
  }

  EmbeddedPostgresSettings settings(const std::string& ssl) const {
    EmbeddedPostgresSettings made;
    made.directory = top_.path() / "state";
    made.server_settings = {{"listen_addresses", address()}, {"ssl", ssl}};
    if (ssl == "off") return made;
    const test::TestIdentity identity = authority_.issue("DNS:localhost", -1h, 24h * 40 + 1h);
    made.server_settings.emplace_back(
        "ssl_cert_file", file("crt", test::TestCertificates::certificate_pem(identity)));
    made.server_settings.emplace_back("ssl_key_file",
                                      file("key", test::TestCertificates::key_pem(identity)));
    return made;
  }

  Finding check() {
    Server asked;
    asked.hostname = address();
    asked.tls =
        std::make_shared<const TlsIdentity>(TlsIdentity{authority_.authority_pem(), {}, {}});
    test::ProbeScene scene("plugins/muster_probe_tls.so");
    return scene.check("{port: 5432, starttls: postgres, server_name: localhost}", asked);
  }

  void asks_postgres_for_tls() {
    fs::permissions(top_.path(), fs::perms(0711));  // for PostgreSQL's own account
    {
      EmbeddedPostgres postgres(settings("on"));
      test::must(postgres.start());
      const Finding finding = check();
      CPPUNIT_ASSERT_EQUAL(std::string(), finding.message());
      CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
      CPPUNIT_ASSERT_EQUAL(40.0, finding.metrics.at(0).value);
    }
    EmbeddedPostgres without(settings("off"));
    test::must(without.start());
    CPPUNIT_ASSERT_EQUAL(std::string("the server does not offer TLS"), check().message());
  }

  const test::TempDir top_;
  const test::TestCertificates authority_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsPostgresTest);
}  // namespace muster
