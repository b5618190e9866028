#include "aggregator/storage/connection_pool.h"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class ConnectionPoolTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConnectionPoolTest);
  CPPUNIT_TEST(uses_a_connection_again);
  CPPUNIT_TEST(waits_and_then_says_unavailable);
  CPPUNIT_TEST(a_returned_one_goes_to_who_waits);
  CPPUNIT_TEST(who_waits_longest_is_next);
  CPPUNIT_TEST(replaces_a_broken_one);
  CPPUNIT_TEST(does_not_lend_an_open_transaction);
  CPPUNIT_TEST(gives_the_place_back_when_it_cannot_connect);
  CPPUNIT_TEST(does_not_ask_again_at_once_who_has_refused);
  CPPUNIT_TEST(never_lends_more_than_it_may);
  CPPUNIT_TEST_SUITE_END();

  void uses_a_connection_again() {
    ConnectionPool pool(database_.settings(), 2);
    const int first = must(pool.lease())->backend_pid();
    CPPUNIT_ASSERT_EQUAL(first, must(pool.lease())->backend_pid());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, pool.leased());
  }

  void waits_and_then_says_unavailable() {
    ConnectionPool pool(database_.settings(), 1, 50ms);
    const auto held = pool.lease();
    const auto refused = pool.lease();
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().code == ErrorCode::kUnavailable);
  }

  void a_returned_one_goes_to_who_waits() {
    ConnectionPool pool(database_.settings(), 1, 30s);
    auto held = std::make_unique<ConnectionPool::Lease>(must(pool.lease()));
    std::atomic<bool> got = false;
    std::thread waiting([&] { got = pool.lease().has_value(); });
    held.reset();
    waiting.join();
    CPPUNIT_ASSERT(got);
  }

  // A place given back is handed to who has waited longest, never to who happens to come then.
  void who_waits_longest_is_next() {
    ConnectionPool pool(database_.settings(), 1, 30s);
    std::vector<int> served;  // guarded by the only place
    const auto be_served = [&](int number) {
      const auto lease = must(pool.lease());
      served.push_back(number);
    };
    std::optional held = must(pool.lease());
    std::vector<std::jthread> threads;
    for (int number = 0; number < 8; ++number) {
      threads.emplace_back(be_served, number);
      CPPUNIT_ASSERT(test::eventually(10s, [&] { return pool.waiting() == threads.size(); }));
    }
    held.reset();
    be_served(8);
    threads.clear();
    CPPUNIT_ASSERT(served == (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8}));
  }

  void replaces_a_broken_one() {
    ConnectionPool pool(database_.settings(), 1);
    const int first = must(pool.lease())->backend_pid();
    database_.sql("SELECT pg_terminate_backend($1)", {first});
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      return database_.number("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", {first}) == 0;
    }));
    auto lease = must(pool.lease());
    CPPUNIT_ASSERT(lease->backend_pid() != first);
    CPPUNIT_ASSERT(lease->exec("SELECT 1"));
  }

  void does_not_lend_an_open_transaction() {
    ConnectionPool pool(database_.settings(), 1);
    must(must(pool.lease())->exec("BEGIN"));
    CPPUNIT_ASSERT(!must(pool.lease())->in_transaction());
  }

  // Who refuses first would let the second one in.
  void does_not_ask_again_at_once_who_has_refused() {
    database_.sql("CREATE ROLE visitor LOGIN CONNECTION LIMIT 0");
    ConnectionPool pool({database_.settings().conninfo + " user=visitor"}, 1);
    const auto begun = std::chrono::steady_clock::now();
    CPPUNIT_ASSERT(!pool.lease());
    database_.sql("ALTER ROLE visitor CONNECTION LIMIT 10");
    while (!pool.lease()) std::this_thread::yield();
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun >= 1s);
  }

  void gives_the_place_back_when_it_cannot_connect() {
    ConnectionPool pool({"host=/nowhere/at/all"}, 1, 50ms);
    for (int i = 0; i < 3; ++i) {
      CPPUNIT_ASSERT(pool.lease().error().code == ErrorCode::kUnavailable);
      CPPUNIT_ASSERT_EQUAL(std::size_t{0}, pool.leased());
    }
  }

  void never_lends_more_than_it_may() {
    ConnectionPool pool(database_.settings(), 3, 30s);
    std::atomic<int> out = 0, most = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          const auto lease = pool.lease();
          const int now = ++out;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          (void)(*lease)->exec("SELECT 1");
          --out;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CPPUNIT_ASSERT(most <= 3);
  }

  TestDatabase database_{TestDatabase::Content::kEmpty};
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConnectionPoolTest);
}  // namespace muster
