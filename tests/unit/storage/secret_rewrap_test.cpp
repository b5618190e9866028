#include "aggregator/storage/secret_rewrap.h"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <optional>
#include <thread>

#include "aggregator/storage/aead.h"
#include "aggregator/storage/organization_repository.h"
#include "aggregator/storage/secret_upkeep.h"
#include "aggregator/storage/server_repository.h"
#include "aggregator/storage/transaction.h"
#include "tests/support/eventually.h"
#include "tests/support/test_secrets.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class SecretRewrapTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SecretRewrapTest);
  CPPUNIT_TEST(seals_every_column_anew_and_changes_no_version);
  CPPUNIT_TEST(has_nothing_to_do_the_second_time);
  CPPUNIT_TEST(takes_values_of_an_older_release_along);
  CPPUNIT_TEST(leaves_what_it_cannot_open);
  CPPUNIT_TEST(a_value_that_was_changed_meanwhile_stays);
  CPPUNIT_TEST(rotates_and_rewraps_while_others_read_and_write);
  CPPUNIT_TEST(goes_through_many_batches);
  CPPUNIT_TEST(a_rotated_token_keeps_the_one_before);
  CPPUNIT_TEST(an_expired_token_is_forgotten);
  CPPUNIT_TEST(counts_which_keys_are_needed);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    pool_.emplace(database_.settings(kApiRole), 4);
    secrets_.emplace(database_);
    servers_.emplace(*pool_, secrets_->box);
    mine_ = must(OrganizationRepository(secrets_->owners).ensure("default")).key;
  }
  void tearDown() override {
    servers_.reset();
    secrets_.reset();
    pool_.reset();
  }

 private:
  ServerRecord insert(const std::string& name) {
    NewServer server;
    server.name = name;
    server.api_token = Secret("token of " + name);
    server.tls = {"", "certificate", Secret("key of " + name)};
    return must(servers_->insert(mine_, server));
  }

  SecretRewrap::Progress rewrap() {
    return must(SecretRewrap(secrets_->owners, secrets_->box)
                    .run([](const SealedColumn&, const SecretRewrap::Progress&) {}));
  }

  KeyReferences references() {
    auto lease = must(secrets_->owners.lease());
    return must(KeyReferences::count(*lease));
  }

  std::string token_of(const ServerRecord& server) {
    return must(servers_->load(mine_, server.id)).api_token.reveal();
  }

  void seals_every_column_anew_and_changes_no_version() {
    const ServerRecord server = insert("a");
    const WallTime now = TestDatabase::kNow;
    const ServerRecord before =
        must(servers_->rotate_token(mine_, server.id, {Secret("new"), now, now + 24h}));
    must(secrets_->keys.rotate());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, rewrap().sealed);
    CPPUNIT_ASSERT((references().values_by_data_key == KeyCounts{{2, 3}}));
    const Server after = must(servers_->load(mine_, server.id));
    CPPUNIT_ASSERT_EQUAL(before.version, after.version);
    CPPUNIT_ASSERT(after.api_token.equals("new"));
    CPPUNIT_ASSERT(after.previous_token->token.equals("token of a"));
    CPPUNIT_ASSERT(after.tls->key_pem.equals("key of a"));
  }

  void has_nothing_to_do_the_second_time() {
    insert("a");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, rewrap().sealed);
    must(secrets_->keys.rotate());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, rewrap().sealed);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, rewrap().sealed);
  }

  // As they were sealed before there were data keys: version 1 and a key of the file itself.
  std::string old_value(const ServerRecord& server, const std::string& text) {
    const Secret kek = must(secrets_->keys.kek(1));
    return std::string("\x01\0\0\0\x01", 5) +
           must(aead::seal(kek, text,
                           "managed_servers|api_token_sealed|" + std::to_string(mine_) + "|" +
                               server.id.to_string()));
  }

  void takes_values_of_an_older_release_along() {
    const ServerRecord server = insert("a");
    database_.sql("UPDATE managed_servers SET api_token_sealed = $1",
                  {Param::bytes(old_value(server, "an old token"))});
    CPPUNIT_ASSERT_EQUAL(std::string("an old token"), token_of(server));
    CPPUNIT_ASSERT((references().values_by_kek == KeyCounts{{1, 1}}));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rewrap().sealed);
    CPPUNIT_ASSERT(references().values_by_kek.empty());
    CPPUNIT_ASSERT_EQUAL(std::string("an old token"), token_of(server));
  }

  // One moved from another row, one cut, one of a data key that never was.
  void leaves_what_it_cannot_open() {
    const ServerRecord a = insert("a");
    const ServerRecord b = insert("b");
    const ServerRecord c = insert("c");
    database_.sql(
        "UPDATE managed_servers AS x SET api_token_sealed = y.api_token_sealed "
        "FROM managed_servers AS y WHERE x.id = $1 AND y.id = $2",
        {a.id, b.id});
    database_.sql(
        "UPDATE managed_servers SET tls_key_sealed = substr(tls_key_sealed, 1, 20) "
        "WHERE id = $1",
        {a.id});
    database_.sql(
        "UPDATE managed_servers SET api_token_sealed = "
        "set_byte(api_token_sealed, 4, 99) WHERE id = $1",
        {c.id});
    must(secrets_->keys.rotate());
    const SecretRewrap::Progress done = rewrap();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, done.sealed);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, done.unreadable);
    CPPUNIT_ASSERT_EQUAL(std::string("token of b"), token_of(b));
    CPPUNIT_ASSERT_EQUAL(std::string(), token_of(a));
  }

  // Changed by a daemon between our reading it and our writing it.
  void a_value_that_was_changed_meanwhile_stays() {
    const ServerRecord server = insert("a");
    must(secrets_->keys.rotate());
    Connection daemon = database_.connect();
    auto transaction = must(Transaction::begin(daemon));
    must(daemon.exec(
        "UPDATE managed_servers SET api_token_sealed = $1",
        {Param::bytes(must(secrets_->box.seal(
            "newer", {"managed_servers", "api_token_sealed", mine_, server.id.to_string()})))}));
    std::thread command([&] { rewrap(); });
    // The command waits for the row, which it has read before.
    const bool waiting = test::eventually(20s, [&] {
      return database_.number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0;
    });
    must(transaction.commit());
    command.join();
    CPPUNIT_ASSERT(waiting);
    CPPUNIT_ASSERT_EQUAL(std::string("newer"), token_of(server));
  }

  void rotates_and_rewraps_while_others_read_and_write() {
    const ServerRecord server = insert("a");
    std::atomic<bool> over{false};
    std::atomic<int> rounds{0};
    std::string wrong;
    std::thread daemon([&] {
      for (int i = 0; !over; ++i, ++rounds) {
        const std::string token = "token " + std::to_string(i);
        ServerPatch patch;
        patch.api_token = Secret(token);
        const auto changed = servers_->update(mine_, server.id, patch);
        const auto loaded = servers_->load(mine_, server.id);
        if (!changed || !loaded || !loaded->api_token.equals(token)) wrong = token;
      }
    });
    SystemClock clock;
    for (int i = 0; i < 5; ++i) {
      KeyRing ring(secrets_->owners, secrets_->file, clock);  // that of another process
      must(ring.open());
      must(ring.rotate());
      const SecretBox box(ring);
      must(SecretRewrap(secrets_->owners, box)
               .run([](const SealedColumn&, const SecretRewrap::Progress&) {}));
    }
    const bool went_on =
        test::eventually(20s, [&, seen = rounds.load()] { return rounds > seen + 1; });
    over = true;
    daemon.join();
    CPPUNIT_ASSERT_EQUAL(std::string(), wrong);
    CPPUNIT_ASSERT(went_on);
    CPPUNIT_ASSERT(must(servers_->load(mine_, server.id)).tls->key_pem.equals("key of a"));
  }

  void goes_through_many_batches() {
    const ServerRecord server = insert("a");
    const std::string value = old_value(server, "x");  // opens in no other row
    database_.sql(
        "INSERT INTO managed_servers (org_id, name, api_token_sealed) "
        "SELECT $1, 'bulk-' || g, $2 FROM generate_series(1, 1200) AS g",
        {mine_, Param::bytes(value)});
    const SecretRewrap::Progress done = rewrap();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1200}, done.unreadable);
  }

  void a_rotated_token_keeps_the_one_before() {
    const ServerRecord server = insert("a");
    const WallTime now = TestDatabase::kNow;
    const ServerRecord rotated =
        must(servers_->rotate_token(mine_, server.id, {Secret("new"), now, now + 1h}, 1));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, rotated.version);
    CPPUNIT_ASSERT(rotated.previous_token_until == now + 1h);
    const auto again = servers_->rotate_token(mine_, server.id, {Secret("n"), now, now + 1h});
    CPPUNIT_ASSERT_EQUAL(std::string(kRotationConflict), again.error().message);
    const auto stale = servers_->rotate_token(mine_, server.id, {Secret("n"), now, now + 1h}, 1);
    CPPUNIT_ASSERT_EQUAL(std::string(kVersionConflict), stale.error().message);
    CPPUNIT_ASSERT(
        servers_->rotate_token(mine_ + 1, server.id, {Secret("n"), now, now + 1h}).error().code ==
        ErrorCode::kNotFound);
    must(servers_->rotate_token(mine_, server.id, {Secret("third"), now + 1h, now + 2h}));
    ServerPatch patch;
    patch.api_token = Secret("by hand");
    CPPUNIT_ASSERT(!must(servers_->update(mine_, server.id, patch)).previous_token_until);
  }

  void an_expired_token_is_forgotten() {
    const ServerRecord server = insert("a");
    const WallTime now = TestDatabase::kNow;
    must(servers_->rotate_token(mine_, server.id, {Secret("new"), now, now + 1h}));
    SecretUpkeep upkeep(secrets_->owners);
    must(upkeep.run_once(now + 59min));
    CPPUNIT_ASSERT(must(servers_->load(mine_, server.id)).previous_token != nullptr);
    must(upkeep.run_once(now + 1h));
    const Server loaded = must(servers_->load(mine_, server.id));
    CPPUNIT_ASSERT(loaded.previous_token == nullptr && loaded.api_token.equals("new"));
  }

  void counts_which_keys_are_needed() {
    SecretUpkeep upkeep(secrets_->owners);
    const ServerRecord server = insert("a");
    database_.sql("UPDATE managed_servers SET api_token_sealed = $1",
                  {Param::bytes(old_value(server, "an old token"))});
    must(secrets_->keys.rotate());
    must(upkeep.run_once(TestDatabase::kNow));
    CPPUNIT_ASSERT((upkeep.needed_keks() == KeyCounts{{1, 1}, {2, 2}}));
    rewrap();
    must(upkeep.run_once(TestDatabase::kNow));
    CPPUNIT_ASSERT((upkeep.needed_keks() == KeyCounts{{2, 2}}));
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<test::TestSecrets> secrets_;
  std::optional<ServerRepository> servers_;
  OrganizationKey mine_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecretRewrapTest);
}  // namespace muster
