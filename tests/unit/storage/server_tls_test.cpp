// A server's TLS material in a real database: stored, sealed, changed, loaded and shared.
#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/organization_repository.h"
#include "aggregator/storage/server_repository.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/test_secrets.h"

namespace muster {
using test::must;
using test::TestDatabase;

class ServerTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerTlsTest);
  CPPUNIT_TEST(keeps_what_it_is_given);
  CPPUNIT_TEST(a_server_without_has_none);
  CPPUNIT_TEST(a_patch_changes_what_it_names);
  CPPUNIT_TEST(the_key_is_sealed_in_the_database);
  CPPUNIT_TEST(a_key_that_does_not_open_leaves_the_server);
  CPPUNIT_TEST(a_key_comes_with_its_certificate);
  CPPUNIT_TEST(equal_material_is_kept_once);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 4);
    secrets_.emplace(database_);
    OrganizationRepository organizations(secrets_->owners);
    mine_ = must(organizations.ensure("default")).key;
    servers_.emplace(*pool_, secrets_->box);
  }

  void tearDown() override {
    servers_.reset();
    secrets_.reset();
    pool_.reset();
  }

 private:
  ServerRecord insert(const std::string& name, TlsIdentity tls = {}) {
    NewServer server;
    server.name = name;
    server.tls = std::move(tls);
    return must(servers_->insert(mine_, server));
  }
  static TlsIdentity full() { return {"an authority", "a certificate", Secret("a key")}; }

  TlsIdentityPointer loaded(const ServerRecord& server) {
    return must(servers_->load(mine_, server.id)).tls;
  }

  void keeps_what_it_is_given() {
    const ServerRecord made = insert("a", full());
    CPPUNIT_ASSERT_EQUAL(std::string("an authority"), made.tls_ca_pem);
    CPPUNIT_ASSERT_EQUAL(std::string("a certificate"), made.tls_certificate_pem);
    CPPUNIT_ASSERT(made.has_tls_key);
    const auto tls = loaded(made);
    CPPUNIT_ASSERT_EQUAL(std::string("an authority"), tls->ca_pem);
    CPPUNIT_ASSERT_EQUAL(std::string("a certificate"), tls->certificate_pem);
    CPPUNIT_ASSERT(tls->key_pem.equals("a key"));
    const auto authority_only = loaded(insert("b", {"an authority", "", Secret()}));
    CPPUNIT_ASSERT_EQUAL(std::string("an authority"), authority_only->ca_pem);
    CPPUNIT_ASSERT(authority_only->key_pem.empty());
  }

  void a_server_without_has_none() {
    const ServerRecord made = insert("a");
    CPPUNIT_ASSERT(made.tls_ca_pem.empty() && made.tls_certificate_pem.empty());
    CPPUNIT_ASSERT(!made.has_tls_key);
    CPPUNIT_ASSERT(loaded(made) == nullptr);
  }

  void a_patch_changes_what_it_names() {
    const ServerRecord made = insert("a", full());
    const auto patched = [&](ServerPatch patch) {
      return must(servers_->update(mine_, made.id, patch));
    };
    ServerPatch other;
    other.region = "eu";
    CPPUNIT_ASSERT(patched(other).has_tls_key);
    ServerPatch renewed;
    renewed.client_certificate = {"a newer certificate", Secret("a newer key")};
    CPPUNIT_ASSERT_EQUAL(std::string("an authority"), patched(renewed).tls_ca_pem);
    CPPUNIT_ASSERT(loaded(made)->key_pem.equals("a newer key"));
    ServerPatch distrusting;
    distrusting.tls_ca_pem = "";
    CPPUNIT_ASSERT(patched(distrusting).tls_ca_pem.empty());
    CPPUNIT_ASSERT_EQUAL(std::string("a newer certificate"), loaded(made)->certificate_pem);
    ServerPatch bare;
    bare.client_certificate = ClientCertificate();
    CPPUNIT_ASSERT(!patched(bare).has_tls_key);
    CPPUNIT_ASSERT(loaded(made) == nullptr);
  }

  void the_key_is_sealed_in_the_database() {
    insert("a", full());
    const std::string blob =
        database_.sql("SELECT tls_key_sealed FROM managed_servers").bytes(0, 0);
    CPPUNIT_ASSERT(blob.size() > 5);
    CPPUNIT_ASSERT(blob.find("a key") == std::string::npos);
  }

  // Sealed for its row and its column: elsewhere it does not open.
  void a_key_that_does_not_open_leaves_the_server() {
    const ServerRecord one = insert("a", full());
    const ServerRecord two = insert("b", full());
    database_.sql(
        "UPDATE managed_servers AS a SET tls_key_sealed = b.tls_key_sealed "
        "FROM managed_servers AS b WHERE a.id = $1 AND b.id = $2",
        {one.id, two.id});
    database_.sql("UPDATE managed_servers SET api_token_sealed = tls_key_sealed WHERE id = $1",
                  {two.id});
    CPPUNIT_ASSERT(loaded(one)->key_pem.empty());
    CPPUNIT_ASSERT_EQUAL(std::string("a certificate"), loaded(one)->certificate_pem);
    CPPUNIT_ASSERT(must(servers_->load(mine_, two.id)).api_token.empty());
  }

  void a_key_comes_with_its_certificate() {
    NewServer keyless;
    keyless.name = "a";
    keyless.tls.certificate_pem = "a certificate";
    CPPUNIT_ASSERT(servers_->insert(mine_, keyless).error().code == ErrorCode::kInvalid);
  }

  void equal_material_is_kept_once() {
    insert("a", full());
    insert("b", full());
    insert("c", {"another authority", "", Secret()});
    insert("d");
    std::vector<TlsIdentityPointer> all;
    must(servers_->load_all(secrets_->owners, [&](Server server) { all.push_back(server.tls); }));
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, all.size());
    CPPUNIT_ASSERT(all[0] != nullptr && all[0] == all[1]);
    CPPUNIT_ASSERT(all[2] != nullptr && all[2] != all[0]);
    CPPUNIT_ASSERT(all[3] == nullptr);
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<test::TestSecrets> secrets_;
  std::optional<ServerRepository> servers_;
  OrganizationKey mine_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerTlsTest);
}  // namespace muster
