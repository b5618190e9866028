#include "aggregator/app/first_token.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/sha256.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster {
using test::must;

class FirstTokenTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FirstTokenTest);
  CPPUNIT_TEST(is_made_once);
  CPPUNIT_TEST(takes_the_one_in_the_file_when_the_database_is_new);
  CPPUNIT_TEST(an_open_file_is_refused);
  CPPUNIT_TEST_SUITE_END();

  std::string in_file() const { return read_secret_file(file_)->reveal(); }

  void is_made_once() {
    must(ensure_first_token(tokens(), file_));
    const std::string token = in_file();
    struct stat stat {};
    CPPUNIT_ASSERT_EQUAL(0, ::stat(file_.c_str(), &stat));
    CPPUNIT_ASSERT_EQUAL(mode_t{0600}, stat.st_mode & 07777);
    const TokenRecord record = must(tokens().find_by_sha256(sha256(token)));
    CPPUNIT_ASSERT(record.role == Role::kPlatform);

    std::filesystem::remove(file_);
    must(ensure_first_token(tokens(), file_));
    CPPUNIT_ASSERT(!std::filesystem::exists(file_));  // whoever removed it meant to
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, must(tokens().count()));
  }

  void takes_the_one_in_the_file_when_the_database_is_new() {
    folder_.write("admin.token", "mst_of-an-earlier-start\n");
    must(ensure_first_token(tokens(), file_));
    CPPUNIT_ASSERT(tokens().find_by_sha256(sha256("mst_of-an-earlier-start")).has_value());
    CPPUNIT_ASSERT_EQUAL(std::string("mst_of-an-earlier-start"), in_file());
  }

  void an_open_file_is_refused() {
    folder_.write("admin.token", "mst_of-an-earlier-start\n");
    std::filesystem::permissions(file_, std::filesystem::perms(0644));
    const auto refused = ensure_first_token(tokens(), file_);
    CPPUNIT_ASSERT(!refused && refused.error().code == ErrorCode::kDenied);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(tokens().count()));
  }

  TokenRepository& tokens() {
    if (!tokens_) {
      pool_.emplace(database_.settings(), 2);
      tokens_.emplace(*pool_, *pool_, clock_);
    }
    return *tokens_;
  }

  const test::TempDir folder_;
  const std::filesystem::path file_ = folder_.path() / "admin.token";
  const SystemClock clock_;
  test::TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<TokenRepository> tokens_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FirstTokenTest);
}  // namespace muster
