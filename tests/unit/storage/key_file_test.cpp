#include "aggregator/storage/key_file.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;

class KeyFileTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KeyFileTest);
  CPPUNIT_TEST(is_made_for_its_owner_only);
  CPPUNIT_TEST(puts_new_keys_first_and_keeps_the_others);
  CPPUNIT_TEST(refuses_a_damaged_file);
  CPPUNIT_TEST(refuses_a_file_that_others_may_read);
  CPPUNIT_TEST(takes_a_credential_of_systemd);
  CPPUNIT_TEST_SUITE_END();

  const test::TempDir directory_;
  const std::filesystem::path path_ = directory_.path() / "secret.key";
  const KeyFile file_{path_};
  static inline const std::string kGood = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  void is_made_for_its_owner_only() {
    CPPUNIT_ASSERT(!must(file_.exists()));
    const Kek made = must(file_.put_first(1));
    struct stat stat {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(path_.c_str(), &stat));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, stat.st_mode & 0777);
    const std::vector<Kek> read = must(file_.read());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, read.size());
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, read[0].id);
    CPPUNIT_ASSERT(read[0].bytes == made.bytes);
    CPPUNIT_ASSERT_EQUAL(std::size_t{32}, made.bytes.reveal().size());
  }

  void puts_new_keys_first_and_keeps_the_others() {
    directory_.write("secret.key", kGood);  // without a newline at its end
    const Kek second = must(file_.put_first(2));
    must(file_.put_first(7));
    const std::vector<Kek> keys = must(file_.read());
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, keys.size());
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{7}, keys[0].id);
    CPPUNIT_ASSERT(keys[1].bytes == second.bytes);
    CPPUNIT_ASSERT(keys[2].bytes.equals(std::string(32, '\0')));
  }

  void refuses_a_damaged_file() {
    directory_.write("secret.key", kGood + "\n");
    CPPUNIT_ASSERT(file_.read());
    for (const std::string& bad :
         {std::string(), std::string("\n\n"), kGood.substr(0, kGood.size() - 1), kGood.substr(2),
          "x" + kGood, kGood + "A", std::string("1:!!!!") + kGood.substr(6), kGood + "\nrubbish",
          kGood + "\n" + kGood}) {
      directory_.write("secret.key", bad);
      CPPUNIT_ASSERT_MESSAGE(bad, !file_.read());
    }
  }

  void refuses_a_file_that_others_may_read() {
    directory_.write("secret.key", kGood);
    ::chmod(path_.c_str(), 0640);
    CPPUNIT_ASSERT(file_.read().error().code == ErrorCode::kDenied);
  }

  // Read through an ACL, which shows as a permission of the group.
  void takes_a_credential_of_systemd() {
    directory_.write("secret.key", kGood);
    ::chmod(path_.c_str(), 0440);
    ::setenv("CREDENTIALS_DIRECTORY", directory_.path().c_str(), 1);
    const auto read = file_.read();
    ::chmod(path_.c_str(), 0444);
    const auto open_to_all = file_.read();
    ::unsetenv("CREDENTIALS_DIRECTORY");
    CPPUNIT_ASSERT(read);
    CPPUNIT_ASSERT(!open_to_all);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyFileTest);
}  // namespace muster
