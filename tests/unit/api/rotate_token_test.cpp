// POST /servers/{id}/rotate-token, on a real database.
#include "tests/unit/api/api_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::ApiFixture;

class RotateTokenTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RotateTokenTest);
  CPPUNIT_TEST(makes_a_token_and_shows_it_once);
  CPPUNIT_TEST(takes_a_token_and_shows_it_never);
  CPPUNIT_TEST(the_fleet_learns_both_tokens);
  CPPUNIT_TEST(without_overlap_the_one_before_is_gone);
  CPPUNIT_TEST(a_server_without_a_token_gets_its_first);
  CPPUNIT_TEST(one_rotation_at_a_time);
  CPPUNIT_TEST(a_patch_ends_a_rotation);
  CPPUNIT_TEST(honours_if_match);
  CPPUNIT_TEST(reports_every_mistake);
  CPPUNIT_TEST(needs_the_role_of_patch);
  CPPUNIT_TEST_SUITE_END();

  std::optional<ApiFixture> made_;
  ApiFixture& f() { return made_ ? *made_ : made_.emplace(); }

  static std::string at(const ApiResponse& response, const std::string& place) {
    return ApiFixture::at(response, place);
  }

  std::string add() { return f().add("a", R"(,"api_token":"the-old-token")"); }

  ApiResponse rotate(const std::string& id, const std::string& body = "",
                     std::map<std::string, std::string> headers = {}) {
    return f().ask("admin", "POST", ApiFixture::path_of(id) + "/rotate-token", body,
                   std::move(headers));
  }

  void makes_a_token_and_shows_it_once() {
    const std::string id = add();
    const auto rotated = rotate(id);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rotated.body, 200, rotated.status);
    const std::string token = at(rotated, "api_token");
    CPPUNIT_ASSERT_EQUAL(std::size_t{40}, token.size());
    CPPUNIT_ASSERT(token.starts_with("msv_"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-24T08:00:00.000Z"),
                         at(rotated, "previous_api_token_until"));
    const auto shown = f().get(ApiFixture::path_of(id));
    CPPUNIT_ASSERT_EQUAL(*shown.header("ETag"), *rotated.header("ETag"));
    CPPUNIT_ASSERT_EQUAL(std::string("-"), at(shown, "api_token"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(shown, "api_token_set"));
    CPPUNIT_ASSERT(shown.body.find(token) == std::string::npos);
    CPPUNIT_ASSERT(rotated.body.find("the-old-token") == std::string::npos);
  }

  void takes_a_token_and_shows_it_never() {
    const auto rotated = rotate(add(), R"({"api_token":"a-new-token","overlap_seconds":60})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(rotated.body, 200, rotated.status);
    CPPUNIT_ASSERT(rotated.body.find("a-new-token") == std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:01:00.000Z"),
                         at(rotated, "previous_api_token_until"));
    CPPUNIT_ASSERT(f().fleet.upserted.back()->api_token.equals("a-new-token"));
  }

  void the_fleet_learns_both_tokens() {
    rotate(add());
    const ServerPointer server = f().fleet.upserted.back();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, server->version);
    CPPUNIT_ASSERT(server->previous_token->token.equals("the-old-token"));
    CPPUNIT_ASSERT(server->previous_token->until == f().clock.wall() + 24h);
  }

  void without_overlap_the_one_before_is_gone() {
    const auto rotated = rotate(add(), R"({"overlap_seconds":0})");
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(rotated, "previous_api_token_until"));
    CPPUNIT_ASSERT(f().fleet.upserted.back()->previous_token == nullptr);
  }

  void a_server_without_a_token_gets_its_first() {
    const auto rotated = rotate(f().add("b"));
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(rotated, "previous_api_token_until"));
    CPPUNIT_ASSERT_EQUAL(std::string("true"), at(rotated, "api_token_set"));
  }

  void one_rotation_at_a_time() {
    const std::string id = add();
    rotate(id);
    const auto again = rotate(id);
    CPPUNIT_ASSERT_EQUAL(409, again.status);
    CPPUNIT_ASSERT_EQUAL(std::string("conflict"), at(again, "code"));
    f().clock.advance(24h);
    CPPUNIT_ASSERT_EQUAL(200, rotate(id).status);
  }

  void a_patch_ends_a_rotation() {
    const std::string id = add();
    rotate(id);
    const auto patched =
        f().ask("admin", "PATCH", ApiFixture::path_of(id), R"({"api_token":"by-hand"})");
    CPPUNIT_ASSERT_EQUAL(std::string("null"), at(patched, "previous_api_token_until"));
    CPPUNIT_ASSERT_EQUAL(200, rotate(id).status);
  }

  void honours_if_match() {
    const std::string id = add();
    CPPUNIT_ASSERT_EQUAL(412, rotate(id, "", {{"if-match", "\"7\""}}).status);
    CPPUNIT_ASSERT_EQUAL(200, rotate(id, "", {{"if-match", "\"1\""}}).status);
  }

  void reports_every_mistake() {
    const std::string id = add();
    for (const char* body :
         {R"({"api_token":""})", R"({"api_token":"with a space"})", R"({"api_token":7})",
          R"({"overlap_seconds":-1})", R"({"overlap_seconds":604801})",
          R"({"overlap_seconds":"1"})", R"({"overlap_seconds":1.5})", R"({"overlap_seconds":true})",
          R"({"overlap_seconds":18446744073709551615})", R"({"token":"x"})"}) {
      const auto refused = rotate(id, body);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(body, 422, refused.status);
    }
    CPPUNIT_ASSERT_EQUAL(400, rotate(id, "{").status);
    CPPUNIT_ASSERT_EQUAL(415, rotate(id, "{}", {{"content-type", "text/plain"}}).status);
    CPPUNIT_ASSERT_EQUAL(404, rotate("00000000-0000-4000-8000-000000000000").status);
  }

  void needs_the_role_of_patch() {
    const std::string path = ApiFixture::path_of(add()) + "/rotate-token";
    CPPUNIT_ASSERT_EQUAL(401, f().ask("", "POST", path).status);
    CPPUNIT_ASSERT_EQUAL(403, f().ask("viewer", "POST", path).status);
    CPPUNIT_ASSERT_EQUAL(403, f().ask("operator", "POST", path).status);
    CPPUNIT_ASSERT_EQUAL(404, f().ask("other", "POST", path).status);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RotateTokenTest);
}  // namespace muster
