#include "aggregator/storage/secret_box.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;

class SecretBoxTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SecretBoxTest);
  CPPUNIT_TEST(opens_what_it_sealed);
  CPPUNIT_TEST(seals_the_same_text_differently);
  CPPUNIT_TEST(refuses_another_place);
  CPPUNIT_TEST(refuses_any_flipped_bit);
  CPPUNIT_TEST(refuses_any_truncation);
  CPPUNIT_TEST(makes_its_key_file_once_for_the_owner_only);
  CPPUNIT_TEST(does_not_make_a_new_key_over_sealed_values);
  CPPUNIT_TEST(refuses_a_damaged_key_file);
  CPPUNIT_TEST(refuses_a_key_file_that_others_may_read);
  CPPUNIT_TEST(opens_with_an_older_key);
  CPPUNIT_TEST_SUITE_END();

  const SecretPlace place_{"managed_servers", "api_token_sealed", 7, "row-1"};
  const test::TempDir directory_;
  const std::filesystem::path file_ = directory_.path() / "secret.key";
  const SecretBox box_ = must(SecretBox::open(file_, false));

  void opens_what_it_sealed() {
    for (const std::string text : {"", "t", "a token of ordinary length", "\xff binary"}) {
      const std::string blob = must(box_.seal(text, place_));
      CPPUNIT_ASSERT_EQUAL(std::size_t{1 + 4 + 12 + 16} + text.size(), blob.size());
      CPPUNIT_ASSERT_EQUAL(text, must(box_.unseal(blob, place_)).reveal());
    }
  }

  void seals_the_same_text_differently() {
    CPPUNIT_ASSERT(must(box_.seal("x", place_)) != must(box_.seal("x", place_)));
  }

  void refuses_another_place() {
    const std::string blob = must(box_.seal("secret", place_));
    SecretPlace other = place_;
    other.organization = 8;
    CPPUNIT_ASSERT(!box_.unseal(blob, other));
    other = place_;
    other.row_id = "row-2";
    CPPUNIT_ASSERT(!box_.unseal(blob, other));
    other = place_;
    other.column = "token";
    CPPUNIT_ASSERT(!box_.unseal(blob, other));
    other = place_;
    other.table = "webhooks";
    CPPUNIT_ASSERT(!box_.unseal(blob, other));
  }

  void refuses_any_flipped_bit() {
    const std::string blob = must(box_.seal("secret", place_));
    for (std::size_t bit = 0; bit < 8 * blob.size(); ++bit) {
      std::string changed = blob;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      CPPUNIT_ASSERT(!box_.unseal(changed, place_));
    }
  }

  void refuses_any_truncation() {
    const std::string blob = must(box_.seal("secret", place_));
    for (std::size_t size = 0; size < blob.size(); ++size) {
      CPPUNIT_ASSERT(!box_.unseal(blob.substr(0, size), place_));
    }
  }

  void makes_its_key_file_once_for_the_owner_only() {
    struct stat stat {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(file_.c_str(), &stat));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, stat.st_mode & 0777);
    const std::string blob = must(box_.seal("secret", place_));
    const SecretBox again = must(SecretBox::open(file_, true));
    CPPUNIT_ASSERT_EQUAL(std::string("secret"), must(again.unseal(blob, place_)).reveal());
  }

  void does_not_make_a_new_key_over_sealed_values() {
    const auto missing = directory_.path() / "missing.key";
    const auto refused = SecretBox::open(missing, true);
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().message.find(missing.string()) != std::string::npos);
    CPPUNIT_ASSERT(!std::filesystem::exists(missing));
  }

  void refuses_a_damaged_key_file() {
    const std::string good = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    CPPUNIT_ASSERT(SecretBox::open(directory_.write("good", good + "\n"), true));
    for (const std::string& bad :
         {std::string(), std::string("\n\n"), good.substr(0, good.size() - 1), good.substr(2),
          "x" + good, good + "A", std::string("1:!!!!") + good.substr(6), good + "\nrubbish"}) {
      const auto refused = SecretBox::open(directory_.write("bad", bad), true);
      CPPUNIT_ASSERT_MESSAGE(bad, !refused);
    }
  }

  void refuses_a_key_file_that_others_may_read() {
    std::filesystem::permissions(file_, std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    CPPUNIT_ASSERT(SecretBox::open(file_, true).error().code == ErrorCode::kDenied);
  }

  void opens_with_an_older_key() {
    const std::string old_key = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const std::string new_key = "2:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const SecretBox before = must(SecretBox::open(directory_.write("k1", old_key), true));
    const SecretBox after =
        must(SecretBox::open(directory_.write("k2", new_key + "\n" + old_key + "\n"), true));
    const std::string blob = must(before.seal("secret", place_));
    CPPUNIT_ASSERT_EQUAL(std::string("secret"), must(after.unseal(blob, place_)).reveal());
    const auto unknown = before.unseal(must(after.seal("secret", place_)), place_);
    CPPUNIT_ASSERT(unknown.error().code == ErrorCode::kNotFound);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecretBoxTest);
}  // namespace muster
