#include "aggregator/storage/key_ring.h"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

#include "common/base/file.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/test_secrets.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;

class KeyRingTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(KeyRingTest);
  CPPUNIT_TEST(makes_the_file_once_and_a_data_key_when_first_needed);
  CPPUNIT_TEST(a_new_data_key_after_ninety_days);
  CPPUNIT_TEST(a_new_data_key_after_a_million_uses);
  CPPUNIT_TEST(never_more_seals_than_uses);
  CPPUNIT_TEST(two_daemons_seal_with_one_data_key);
  CPPUNIT_TEST(a_rotation_wraps_all_data_keys_anew);
  CPPUNIT_TEST(a_running_daemon_finds_what_a_rotation_made);
  CPPUNIT_TEST(a_key_that_was_put_first_by_hand_is_taken);
  CPPUNIT_TEST(a_needed_key_that_is_missing_is_named);
  CPPUNIT_TEST(a_file_that_is_missing_is_not_made_anew);
  CPPUNIT_TEST(a_changed_data_key_does_not_open);
  CPPUNIT_TEST(rotates_while_others_read);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    clock_.set_wall(test::TestDatabase::kNow);
    pool_.emplace(database_.settings(kOwnerRole), 4);
    ring_.emplace(*pool_, file_, clock_);
  }
  void tearDown() override {
    ring_.reset();
    pool_.reset();
  }

 private:
  std::size_t keys_in_file() const { return must(KeyFile(file_).read()).size(); }

  std::int64_t number(const std::string& sql) { return database_.number(sql); }

  void makes_the_file_once_and_a_data_key_when_first_needed() {
    must(ring_->open());
    must(ring_->open());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, keys_in_file());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, number("SELECT count(*) FROM data_keys"));
    const KeyRing::DataKey key = must(ring_->for_sealing());
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, key.id);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, must(ring_->for_sealing()).id);
    const std::string wrapped = database_.sql("SELECT wrapped FROM data_keys").bytes(0, 0);
    CPPUNIT_ASSERT(wrapped.find(key.bytes.reveal()) == std::string::npos);
    KeyRing later(*pool_, file_, clock_);
    must(later.open());
    CPPUNIT_ASSERT(must(later.data_key(1)) == key.bytes);
  }

  void a_new_data_key_after_ninety_days() {
    must(ring_->open());
    must(ring_->for_sealing());
    pass(89 * 24h);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, must(ring_->for_sealing()).id);
    pass(24h);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, must(ring_->for_sealing()).id);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         number("SELECT count(*) FROM data_keys WHERE retired_at IS NULL"));
    CPPUNIT_ASSERT(!must(ring_->data_key(1)).empty());  // opens still
  }

  void a_new_data_key_after_a_million_uses() {
    must(ring_->open());
    must(ring_->for_sealing());
    database_.sql("UPDATE data_keys SET uses = $1", {KeyRing::kMostUses - 10});
    pass(1min);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, must(ring_->for_sealing()).id);
  }

  void never_more_seals_than_uses() {
    must(ring_->open());
    for (int i = 0; i < 200; ++i) must(ring_->for_sealing());
    CPPUNIT_ASSERT(number("SELECT uses FROM data_keys") >= 200);
    CPPUNIT_ASSERT(number("SELECT uses FROM data_keys") < 300);
  }

  void two_daemons_seal_with_one_data_key() {
    must(ring_->open());
    KeyRing second(*pool_, file_, clock_);
    must(second.open());
    CPPUNIT_ASSERT_EQUAL(must(ring_->for_sealing()).id, must(second.for_sealing()).id);
  }

  void a_rotation_wraps_all_data_keys_anew() {
    must(ring_->open());
    const KeyRing::DataKey old = must(ring_->for_sealing());
    const KeyRing::Rotation done = must(ring_->rotate());
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, done.kek);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, done.data_key);
    CPPUNIT_ASSERT_EQUAL(1, done.rewrapped);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         number("SELECT count(*) FROM data_keys WHERE kek_id = 2"));
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{2}, must(ring_->for_sealing()).id);
    drop_last_line();  // the old key is needed no more
    KeyRing later(*pool_, file_, clock_);
    must(later.open());
    CPPUNIT_ASSERT(must(later.data_key(old.id)) == old.bytes);
  }

  void a_running_daemon_finds_what_a_rotation_made() {
    must(ring_->open());
    must(ring_->for_sealing());
    KeyRing command(*pool_, file_, clock_);
    must(command.open());
    must(command.rotate());
    const KeyRing::DataKey made = must(command.for_sealing());
    CPPUNIT_ASSERT(must(ring_->data_key(made.id)) == made.bytes);
    pass(1min);  // what was reserved before has lapsed
    CPPUNIT_ASSERT_EQUAL(made.id, must(ring_->for_sealing()).id);
  }

  // Where the file is a credential of systemd, nobody but its keeper can write it.
  void a_key_that_was_put_first_by_hand_is_taken() {
    must(ring_->open());
    must(ring_->for_sealing());
    must(KeyFile(file_).put_first(40));
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{40}, must(ring_->rotate()).kek);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, keys_in_file());
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{41}, must(ring_->rotate()).kek);
  }

  void a_needed_key_that_is_missing_is_named() {
    must(ring_->open());
    must(ring_->for_sealing());
    std::filesystem::remove(file_);
    must(KeyFile(file_).put_first(5));
    KeyRing later(*pool_, file_, clock_);
    const auto refused = later.open();
    CPPUNIT_ASSERT(!refused && refused.error().code == ErrorCode::kNotFound);
    const std::string& message = refused.error().message;
    CPPUNIT_ASSERT_MESSAGE(message, message.find(file_.string() + ": lacks key 1,") == 0);
  }

  void a_file_that_is_missing_is_not_made_anew() {
    must(ring_->open());
    must(ring_->for_sealing());
    std::filesystem::remove(file_);
    KeyRing later(*pool_, file_, clock_);
    CPPUNIT_ASSERT(later.open().error().code == ErrorCode::kNotFound);
    CPPUNIT_ASSERT(!std::filesystem::exists(file_));
  }

  void a_changed_data_key_does_not_open() {
    must(ring_->open());
    must(ring_->for_sealing());
    pass(91 * 24h);
    must(ring_->for_sealing());
    database_.sql(
        "UPDATE data_keys AS a SET wrapped = b.wrapped FROM data_keys AS b "
        "WHERE a.id = 1 AND b.id = 2");  // moved from another row
    KeyRing later(*pool_, file_, clock_);
    must(later.open());
    CPPUNIT_ASSERT(later.data_key(1).error().code == ErrorCode::kInvalid);
    CPPUNIT_ASSERT(later.data_key(2).has_value());
    CPPUNIT_ASSERT(later.data_key(3).error().code == ErrorCode::kNotFound);
  }

  void rotates_while_others_read() {
    must(ring_->open());
    const KeyRing::DataKey first = must(ring_->for_sealing());
    std::atomic<bool> over{false};
    std::atomic<int> failed{0};
    std::thread reader([&] {
      while (!over) {
        KeyRing fresh(*pool_, file_, clock_);
        const auto key = fresh.data_key(first.id);
        if (!key || !(*key == first.bytes)) ++failed;
      }
    });
    KeyRing command(*pool_, file_, clock_);
    for (int i = 0; i < 10; ++i) must(command.rotate());
    over = true;
    reader.join();
    CPPUNIT_ASSERT_EQUAL(0, failed.load());
  }

  void pass(Duration time) { clock_.advance(time); }

  void drop_last_line() {
    std::string text = must(read_secret_file(file_)).reveal();
    must(write_file(file_, text.substr(0, text.rfind('\n') + 1), 0600));
  }

  test::TestDatabase database_;
  test::TempDir directory_;
  const std::filesystem::path file_ = directory_.path() / "secret.key";
  test::FakeClock clock_;
  std::optional<ConnectionPool> pool_;
  std::optional<KeyRing> ring_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyRingTest);
}  // namespace muster
