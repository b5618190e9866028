#include "aggregator/spool/spooler.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/spool/segment_replay.h"
#include "tests/support/eventually.h"
#include "tests/support/must.h"
#include "tests/support/sample_result.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/spool/faulty_disk.h"

namespace muster {
using namespace std::chrono_literals;
using test::eventually;
using test::must;
using test::sample_result;
using test::sample_verdict;

class SpoolerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SpoolerTest);
  CPPUNIT_TEST(what_is_handed_over_is_on_disk);
  CPPUNIT_TEST(a_full_queue_counts_what_it_drops);
  CPPUNIT_TEST(a_nearly_full_queue_has_no_room);
  CPPUNIT_TEST(what_the_writer_cannot_take_is_left_on_disk);
  CPPUNIT_TEST(a_writer_that_caught_up_is_handed_what_comes);
  CPPUNIT_TEST(what_was_left_waits_for_no_new_result);
  CPPUNIT_TEST(the_oldest_segment_gives_way);
  CPPUNIT_TEST(or_what_comes_goes_on_in_memory);
  CPPUNIT_TEST(a_full_spool_is_no_failing_disk);
  CPPUNIT_TEST(without_a_disk_results_go_on_in_memory);
  CPPUNIT_TEST(a_disk_that_fails_again_and_again_leaves_nothing_behind);
  CPPUNIT_TEST(what_came_while_the_disk_was_slow_waits_no_more);
  CPPUNIT_TEST(large_results_fill_the_queue_by_their_bytes);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { directory_.emplace(must(SpoolDirectory::open(path_))); }
  void tearDown() override {
    spooler_.reset();
    test::FaultyDisk::works();
  }

 private:
  static SpoolerSettings quick() {
    SpoolerSettings settings;
    settings.sync_every = 1ms;
    settings.disk_retry = 1ms;
    settings.batch_rows = 10;
    return settings;
  }

  void make(const SpoolerSettings& settings) {
    spooler_.emplace(settings, *directory_, live_, backlog_);
  }

  void push(int count) {
    for (int i = 0; i < count; ++i) spooler_->on_result(sample_result(++key_), sample_verdict());
  }

  // One after the other, each safe before the next one comes.
  void push_and_wait(int count) {
    for (int i = 0; i < count; ++i) {
      const auto before = spooler_->counters().rows_kept + spooler_->counters().rows_in_memory;
      push(1);
      CPPUNIT_ASSERT(eventually(10s, [&] {
        return spooler_->counters().rows_kept + spooler_->counters().rows_in_memory > before;
      }));
    }
  }

  static std::vector<ServerKey> servers_in(const SealedSegment& segment) {
    auto replay = must(SegmentReplay::open(segment));
    std::vector<ServerKey> servers;
    const ResultBatch batch = must(replay.next(100'000));
    for (const ResultRow& row : batch.rows) servers.push_back(row.server);
    return servers;
  }

  std::vector<ServerKey> servers_on_disk() {
    std::vector<ServerKey> servers;
    for (const SealedSegment& segment : must(directory_->segments())) {
      for (const ServerKey server : servers_in(segment)) servers.push_back(server);
    }
    return servers;
  }

  std::vector<ServerKey> servers_handed_over() {
    std::vector<ServerKey> servers;
    while (const auto item = live_.take({})) {
      if (const auto* batch = std::get_if<ResultBatch>(&*item)) {
        for (const ResultRow& row : batch->rows) servers.push_back(row.server);
      }
    }
    return servers;
  }

  static std::vector<ServerKey> sequence(ServerKey from, ServerKey to) {
    std::vector<ServerKey> keys;
    for (ServerKey key = from; key <= to; ++key) keys.push_back(key);
    return keys;
  }

  void what_is_handed_over_is_on_disk() {
    make(quick());
    push(45);
    spooler_->start();
    spooler_->stop();
    CPPUNIT_ASSERT(servers_on_disk() == sequence(1, 45));
    CPPUNIT_ASSERT(servers_handed_over() == sequence(1, 45));
    CPPUNIT_ASSERT(live_.drained());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{45}, spooler_->counters().rows_kept.load());
  }

  void a_full_queue_counts_what_it_drops() {
    SpoolerSettings settings = quick();
    settings.queue_rows = 5;
    make(settings);
    push(8);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, spooler_->counters().dropped_queue.load());
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, spooler_->queued());
    spooler_->start();
    spooler_->stop();
    CPPUNIT_ASSERT(servers_handed_over() == sequence(1, 5));
  }

  void a_nearly_full_queue_has_no_room() {
    SpoolerSettings settings = quick();
    settings.queue_rows = 10;
    make(settings);
    push(8);
    CPPUNIT_ASSERT(spooler_->has_room());
    push(1);
    CPPUNIT_ASSERT(!spooler_->has_room());
    spooler_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return spooler_->has_room(); }));
  }

  void what_the_writer_cannot_take_is_left_on_disk() {
    make(quick());
    push(60);
    spooler_->start();
    spooler_->stop();
    CPPUNIT_ASSERT(spooler_->counters().behind);
    CPPUNIT_ASSERT(servers_handed_over() == sequence(1, 50));  // what live_ has room for
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, backlog_.segments());
    CPPUNIT_ASSERT(servers_in(*backlog_.begin_oldest()) == sequence(51, 60));
  }

  void a_writer_that_caught_up_is_handed_what_comes() {
    make(quick());
    push(75);
    spooler_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return spooler_->counters().rows_kept == 75; }));
    servers_handed_over();
    push_and_wait(3);
    CPPUNIT_ASSERT(!spooler_->counters().behind);
    spooler_->stop();
    CPPUNIT_ASSERT(servers_handed_over() == sequence(76, 78));
    std::vector<ServerKey> waiting;
    while (const auto segment = backlog_.begin_oldest()) {
      for (const ServerKey server : servers_in(*segment)) waiting.push_back(server);
      backlog_.remove_oldest();
    }
    CPPUNIT_ASSERT(waiting == sequence(51, 75));
  }

  void what_was_left_waits_for_no_new_result() {
    make(quick());
    push(75);
    spooler_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return spooler_->counters().rows_kept == 75; }));
    servers_handed_over();
    CPPUNIT_ASSERT(eventually(10s, [&] { return backlog_.segments() == 2; }));
  }

  SpoolerSettings tiny(WhenSpoolFull when_full) {
    SpoolerSettings settings = quick();
    settings.segment_bytes = 1'000;
    settings.most_bytes = 6'000;
    settings.when_full = when_full;
    return settings;
  }

  void the_oldest_segment_gives_way() {
    make(tiny(WhenSpoolFull::kDropOldest));
    push(200);
    spooler_->start();
    spooler_->stop();
    const auto dropped = spooler_->counters().dropped_full.load();
    CPPUNIT_ASSERT(dropped > 50);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{200}, spooler_->counters().rows_kept.load());
    std::vector<ServerKey> rest = servers_on_disk();
    CPPUNIT_ASSERT_EQUAL(ServerKey{200}, rest.back());
    CPPUNIT_ASSERT(backlog_.bytes() < 8'000);
    // What was handed over is still on disk as well; nothing but what is counted is missing.
    CPPUNIT_ASSERT_EQUAL(200 - dropped, static_cast<std::int64_t>(rest.size()));
  }

  void or_what_comes_goes_on_in_memory() {
    make(tiny(WhenSpoolFull::kKeepOldest));
    push(200);
    spooler_->start();
    spooler_->stop();
    const SpoolCounters& counters = spooler_->counters();
    CPPUNIT_ASSERT(!counters.durable);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{200}, counters.rows_kept + counters.rows_in_memory);
    CPPUNIT_ASSERT_EQUAL(counters.rows_in_memory - 50, counters.dropped_memory.load());
    CPPUNIT_ASSERT_EQUAL(ServerKey{200}, servers_handed_over().back());
  }

  void a_full_spool_is_no_failing_disk() {
    make(tiny(WhenSpoolFull::kKeepOldest));
    push(200);
    spooler_->start();
    spooler_->stop();
    CPPUNIT_ASSERT(spooler_->counters().rows_in_memory > 0);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, spooler_->counters().failures.load());
  }

  // The writer cannot keep up either, so that every segment would wait in the backlog.
  void a_disk_that_fails_again_and_again_leaves_nothing_behind() {
    make(quick());
    push(60);
    spooler_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return spooler_->counters().behind.load(); }));
    test::FaultyDisk::fails();
    CPPUNIT_ASSERT(eventually(10s, [&] {
      push(1);
      CPPUNIT_ASSERT(!spooler_->counters().durable || spooler_->counters().failures <= 1);
      return spooler_->counters().failures >= 5;
    }));
    spooler_->stop();
    const auto left = must(directory_->segments());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, left.size());  // the one that was filled before
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, backlog_.segments());
    CPPUNIT_ASSERT(servers_in(left.front()) == sequence(1, 60));
  }

  // sync_every is counted from when a result came, not from when it is looked at.
  void what_came_while_the_disk_was_slow_waits_no_more() {
    SpoolerSettings settings = quick();
    settings.sync_every = 1s;
    make(settings);
    spooler_->start();
    test::FaultyDisk::takes(1s);
    push(1);
    CPPUNIT_ASSERT(eventually(10s, [] { return test::FaultyDisk::syncing(); }));
    test::FaultyDisk::works();  // the next time
    push(1);
    CPPUNIT_ASSERT(eventually(10s, [&] { return spooler_->counters().rows_kept >= 1; }));
    CPPUNIT_ASSERT(eventually(600ms, [&] { return spooler_->counters().rows_kept == 2; }));
  }

  void large_results_fill_the_queue_by_their_bytes() {
    SpoolerSettings settings = quick();
    settings.queue_bytes = 50'000;
    make(settings);
    CheckResult large = sample_result(1);
    large.words = say(std::string(10'000, 'w'));
    for (int i = 0; i < 4; ++i) spooler_->on_result(large, sample_verdict());
    CPPUNIT_ASSERT(spooler_->has_room());
    push(30);
    CPPUNIT_ASSERT(!spooler_->has_room());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, spooler_->counters().dropped_queue.load());
    spooler_->on_result(large, sample_verdict());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, spooler_->counters().dropped_queue.load());
    spooler_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return spooler_->has_room(); }));
  }

  void without_a_disk_results_go_on_in_memory() {
    make(quick());
    std::filesystem::rename(path_, path_.string() + "-away");
    spooler_->start();
    push_and_wait(70);
    CPPUNIT_ASSERT(!spooler_->counters().durable);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{70}, spooler_->counters().rows_in_memory.load());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, spooler_->counters().dropped_memory.load());
    CPPUNIT_ASSERT(servers_handed_over() == sequence(21, 70));
    std::filesystem::rename(path_.string() + "-away", path_);
    CPPUNIT_ASSERT(eventually(10s, [&] {
      push(1);
      return spooler_->counters().durable.load();
    }));
    spooler_->stop();
    CPPUNIT_ASSERT(servers_on_disk().back() == key_);
  }

  test::TempDir top_;
  std::filesystem::path path_ = top_.path() / "spool";
  std::optional<SpoolDirectory> directory_;
  LiveBatches live_{50, 10};
  Backlog backlog_;
  std::optional<Spooler> spooler_;
  ServerKey key_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SpoolerTest);
}  // namespace muster
