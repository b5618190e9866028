#include "aggregator/storage/secret_box.h"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "tests/support/test_secrets.h"

namespace muster {
using test::must;

class SecretBoxTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SecretBoxTest);
  CPPUNIT_TEST(opens_what_it_sealed);
  CPPUNIT_TEST(seals_the_same_text_differently);
  CPPUNIT_TEST(refuses_another_place);
  CPPUNIT_TEST(refuses_any_flipped_bit);
  CPPUNIT_TEST(refuses_any_truncation);
  CPPUNIT_TEST(opens_what_an_older_release_sealed);
  CPPUNIT_TEST_SUITE_END();

  const SecretPlace place_{"managed_servers", "api_token_sealed", 7, "row-1"};
  const test::TestDatabase database_;
  std::optional<test::TestSecrets> secrets_;

 public:
  void setUp() override { secrets_.emplace(database_); }
  void tearDown() override { secrets_.reset(); }

 private:
  const SecretBox& box() const { return secrets_->box; }

  void opens_what_it_sealed() {
    for (const std::string text : {"", "t", "a token of ordinary length", "\xff binary"}) {
      const std::string blob = must(box().seal(text, place_));
      CPPUNIT_ASSERT_EQUAL(std::size_t{1 + 4 + 12 + 16} + text.size(), blob.size());
      CPPUNIT_ASSERT_EQUAL(text, must(box().unseal(blob, place_)).reveal());
    }
  }

  void seals_the_same_text_differently() {
    CPPUNIT_ASSERT(must(box().seal("x", place_)) != must(box().seal("x", place_)));
  }

  void refuses_another_place() {
    const std::string blob = must(box().seal("secret", place_));
    SecretPlace other = place_;
    other.organization = 8;
    CPPUNIT_ASSERT(!box().unseal(blob, other));
    other = place_;
    other.row_id = "row-2";
    CPPUNIT_ASSERT(!box().unseal(blob, other));
    other = place_;
    other.column = "token";
    CPPUNIT_ASSERT(!box().unseal(blob, other));
    other = place_;
    other.table = "webhooks";
    CPPUNIT_ASSERT(!box().unseal(blob, other));
  }

  void refuses_any_flipped_bit() {
    const std::string blob = must(box().seal("secret", place_));
    for (std::size_t bit = 0; bit < 8 * blob.size(); ++bit) {
      std::string changed = blob;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      CPPUNIT_ASSERT(!box().unseal(changed, place_));
    }
  }

  void refuses_any_truncation() {
    const std::string blob = must(box().seal("secret", place_));
    for (std::size_t size = 0; size < blob.size(); ++size) {
      CPPUNIT_ASSERT(!box().unseal(blob.substr(0, size), place_));
    }
  }

  // Made by the release before there were data keys, under this key and for this place.
  void opens_what_an_older_release_sealed() {
    secrets_->directory.write("secret.key", "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    const std::string blob =
        database_
            .sql(
                "SELECT '\\x01000000011f057253a37174234296ab70869654dbcbbd78e065fab0afc3aa97d015e9"
                "1287c7a9440d0a08f2465d'::bytea")
            .bytes(0, 0);
    must(secrets_->keys.open());
    CPPUNIT_ASSERT_EQUAL(std::string("an old secret"), must(box().unseal(blob, place_)).reveal());
    SecretPlace other = place_;
    other.row_id = "row-2";
    CPPUNIT_ASSERT(!box().unseal(blob, other));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecretBoxTest);
}  // namespace muster
