// The field `tls` of a server in the API, on a real database: what is taken, refused, shown and
// what never is.
#include <Poco/JSONString.h>

#include "common/base/rfc3339.h"
#include "tests/support/test_certificates.h"
#include "tests/unit/api/api_fixture.h"

namespace muster {
using test::ApiFixture;
using test::TestCertificates;
using test::TestIdentity;

class ServerTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ServerTlsTest);
  CPPUNIT_TEST(registers_a_server_with_material_of_its_own);
  CPPUNIT_TEST(a_server_without_shows_null);
  CPPUNIT_TEST(a_list_shows_no_pem);
  CPPUNIT_TEST(never_shows_a_key);
  CPPUNIT_TEST(keeps_only_certificates_of_a_text);
  CPPUNIT_TEST(reports_all_mistakes_at_their_places);
  CPPUNIT_TEST(certificate_and_key_come_together);
  CPPUNIT_TEST(refuses_what_is_too_long);
  CPPUNIT_TEST(a_patch_changes_what_it_names);
  CPPUNIT_TEST_SUITE_END();

  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }
  static std::string member(const std::string& name, const std::string& value) {
    return "\"" + name + "\":" + Poco::toJSON(value);
  }

  const TestCertificates authority_;
  const TestIdentity client_ = authority_.good();
  const std::string ca_ = member("ca_pem", authority_.authority_pem());
  const std::string certificate_ =
      member("client_certificate_pem", TestCertificates::certificate_pem(client_));
  const std::string key_ = member("client_key_pem", TestCertificates::key_pem(client_));
  const std::string all_ = ca_ + "," + certificate_ + "," + key_;

  ApiResponse post(const std::string& tls) {
    return f().post(R"({"name":"a","api_url":"https://a.example","tls":)" + tls + "}");
  }
  ApiResponse patch(const std::string& id, const std::string& tls) {
    return f().ask("admin", "PATCH", ApiFixture::path_of(id), R"({"tls":)" + tls + "}",
                   {{"content-type", "application/merge-patch+json"}});
  }
  TlsIdentityPointer in_fleet() { return f().fleet.upserted.back()->tls; }

  void registers_a_server_with_material_of_its_own() {
    const auto made = post("{" + all_ + "}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    const auto shown = f().get(ApiFixture::path_of(at(made, "id")));
    CPPUNIT_ASSERT_EQUAL(authority_.authority_pem(), at(shown, "tls.ca_pem"));
    CPPUNIT_ASSERT_EQUAL(TestCertificates::certificate_pem(client_),
                         at(shown, "tls.client_certificate_pem"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(shown, "tls.client_key_set"));
    CPPUNIT_ASSERT(at(shown, "tls.ca_subject").starts_with("CN=Muster test authority"));
    CPPUNIT_ASSERT_EQUAL(std::string("CN=leaf"), at(shown, "tls.client_certificate_subject"));
    const WallTime expiry{std::chrono::seconds(client_.expires_at)};
    CPPUNIT_ASSERT_EQUAL(to_rfc3339(expiry), at(shown, "tls.client_certificate_expires_at"));
    CPPUNIT_ASSERT_EQUAL(authority_.authority_pem(), in_fleet()->ca_pem);
    CPPUNIT_ASSERT(in_fleet()->key_pem.equals(TestCertificates::key_pem(client_)));
  }

  void a_server_without_shows_null() {
    for (const char* none : {"null", "{}", R"({"ca_pem":null})", R"({"ca_pem":""})",
                             R"({"client_certificate_pem":null,"client_key_pem":null})"}) {
      const auto made = post(none);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
      CPPUNIT_ASSERT_EQUAL(std::string("null"), at(made, "tls"));
      CPPUNIT_ASSERT(in_fleet() == nullptr);
      f().ask("admin", "DELETE", ApiFixture::path_of(at(made, "id")));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("null"),
                         at(f().get(ApiFixture::path_of(f().add("b"))), "tls"));
  }

  void a_list_shows_no_pem() {
    post("{" + all_ + "}");
    const auto list = f().get("/api/v1/fleet/servers");
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(list, "items[0].tls.client_key_set"));
    CPPUNIT_ASSERT_EQUAL(std::string("CN=leaf"),
                         at(list, "items[0].tls.client_certificate_subject"));
    CPPUNIT_ASSERT(list.body.find("BEGIN") == std::string::npos);
  }

  // A line from the middle of the key, which no answer may hold.
  void never_shows_a_key() {
    const std::string pem = TestCertificates::key_pem(client_);
    const std::string secret = pem.substr(40, 30);
    const auto made = post("{" + all_ + "}");
    const std::string id = at(made, "id");
    for (const std::string& body :
         {made.body, f().get(ApiFixture::path_of(id)).body, f().get("/api/v1/fleet/servers").body,
          patch(id, "{" + key_ + "," + certificate_ + "}").body, patch(id, "{" + key_ + "}").body,
          patch(id, "{" + member("ca_pem", pem) + "}").body,
          patch(id, "{" + member("client_key_pem", pem.substr(0, 150)) + "," + certificate_ + "}")
              .body}) {
      CPPUNIT_ASSERT_MESSAGE(body, body.find(secret) == std::string::npos);
    }
  }

  void keeps_only_certificates_of_a_text() {
    const std::string pem = authority_.authority_pem();
    const auto made = post("{" + member("ca_pem", "password: sesame\r\n" + pem + "bye") + "}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    CPPUNIT_ASSERT_EQUAL(pem, at(made, "tls.ca_pem"));
  }

  // "place code" of the mistakes of this `tls`.
  std::string mistakes(const ApiResponse& response) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.body, 422, response.status);
    std::string all;
    for (int i = 0; at(response, "errors[" + std::to_string(i) + "].pointer") != "-"; ++i) {
      const std::string error = "errors[" + std::to_string(i) + "].";
      all +=
          (i > 0 ? " " : "") + at(response, error + "pointer") + " " + at(response, error + "code");
    }
    return all;
  }

  void reports_all_mistakes_at_their_places() {
    CPPUNIT_ASSERT_EQUAL(std::string("/tls wrong_type"), mistakes(post("7")));
    CPPUNIT_ASSERT_EQUAL(std::string("/tls/ca_pem wrong_type /tls/client_key_set unknown_field"),
                         mistakes(post(R"({"ca_pem":7,"client_key_set":true})")));
    CPPUNIT_ASSERT_EQUAL(
        std::string(
            "/tls/ca_pem invalid /tls/client_certificate_pem invalid /tls/client_key_pem invalid"),
        mistakes(post(R"({"ca_pem":"x","client_certificate_pem":"x","client_key_pem":"x"})")));
    const std::string other =
        member("client_key_pem", TestCertificates::key_pem(authority_.good()));
    const auto mismatch = post("{" + certificate_ + "," + other + "}");
    CPPUNIT_ASSERT_EQUAL(std::string("/tls/client_key_pem mismatch"), mistakes(mismatch));
    CPPUNIT_ASSERT_EQUAL(std::string("is not the key of the first client certificate"),
                         at(mismatch, "errors[0].detail"));
  }

  void certificate_and_key_come_together() {
    const std::string no_key = "/tls/client_key_pem required";
    CPPUNIT_ASSERT_EQUAL(no_key, mistakes(post("{" + certificate_ + "}")));
    CPPUNIT_ASSERT_EQUAL(no_key, mistakes(post("{" + certificate_ + R"(,"client_key_pem":null})")));
    CPPUNIT_ASSERT_EQUAL(std::string("/tls/client_certificate_pem required"),
                         mistakes(post("{" + key_ + "}")));
    const std::string id = at(post("{" + all_ + "}"), "id");
    CPPUNIT_ASSERT_EQUAL(no_key, mistakes(patch(id, R"({"client_key_pem":null})")));
    CPPUNIT_ASSERT_EQUAL(no_key, mistakes(patch(id, "{" + certificate_ + "}")));
  }

  void refuses_what_is_too_long() {
    const std::string pem = authority_.authority_pem();
    std::string bundle;
    while (bundle.size() + pem.size() <= 64 * 1024) bundle += pem;
    CPPUNIT_ASSERT_EQUAL(201, post("{" + member("ca_pem", bundle) + "}").status);
    bundle.append(64 * 1024 + 1 - bundle.size(), ' ');
    CPPUNIT_ASSERT_EQUAL(std::string("/tls/ca_pem too_large"),
                         mistakes(post("{" + member("ca_pem", bundle) + "}")));
    CPPUNIT_ASSERT_EQUAL(
        std::string("/tls/client_certificate_pem too_large"),
        mistakes(post("{" + member("client_certificate_pem", bundle) + "," + key_ + "}")));
  }

  void a_patch_changes_what_it_names() {
    const std::string id = at(post("{" + all_ + "}"), "id");
    const auto no_ca = patch(id, R"({"ca_pem":null})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(no_ca.body, std::string("null"), at(no_ca, "tls.ca_pem"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(no_ca, "tls.ca_expires_at"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(no_ca, "tls.client_key_set"));
    CPPUNIT_ASSERT(in_fleet()->ca_pem.empty() && !in_fleet()->key_pem.empty());
    const auto only_ca = patch(id, R"({"client_certificate_pem":null,)" + ca_ + "}");
    CPPUNIT_ASSERT_EQUAL(std::string("false"), at(only_ca, "tls.client_key_set"));
    CPPUNIT_ASSERT(in_fleet()->key_pem.empty());
    patch(id, "{" + all_ + "}");
    CPPUNIT_ASSERT(!in_fleet()->key_pem.empty());
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(patch(id, "null"), "tls"));
    CPPUNIT_ASSERT(in_fleet() == nullptr);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerTlsTest);
}  // namespace muster
