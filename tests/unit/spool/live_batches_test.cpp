#include "aggregator/spool/live_batches.h"

#include <cppunit/extensions/HelperMacros.h>

#include <future>

#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::sample_change;
using test::sample_result;
using test::sample_verdict;

class LiveBatchesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LiveBatchesTest);
  CPPUNIT_TEST(neighbours_are_joined_up_to_a_batch);
  CPPUNIT_TEST(what_is_no_neighbour_is_not_joined);
  CPPUNIT_TEST(a_segment_ends_behind_its_batches);
  CPPUNIT_TEST(full_is_full);
  CPPUNIT_TEST(large_rows_fill_it_by_their_bytes);
  CPPUNIT_TEST(what_is_in_memory_alone_pushes_out_the_oldest_of_its_kind);
  CPPUNIT_TEST(a_change_ends_the_wait);
  CPPUNIT_TEST(closing_ends_the_wait);
  CPPUNIT_TEST_SUITE_END();

  ResultBatch batch(int rows, bool on_disk = true) {
    ResultBatch batch;
    batch.segment = segment_;
    batch.from = end_;
    batch.on_disk = on_disk;
    for (int i = 0; i < rows; ++i) {
      batch.rows.push_back(ResultRow::from(sample_result(++key_), sample_verdict()));
      batch.ends.push_back(end_ += 10);
    }
    return batch;
  }

  static ResultBatch taken(LiveBatches& live) {
    auto item = live.take({});
    CPPUNIT_ASSERT(item && std::holds_alternative<ResultBatch>(*item));
    return std::get<ResultBatch>(std::move(*item));
  }

  void neighbours_are_joined_up_to_a_batch() {
    LiveBatches live(1'000, 10);
    for (int i = 0; i < 4; ++i) CPPUNIT_ASSERT(live.push(batch(3)));
    const ResultBatch first = taken(live);
    CPPUNIT_ASSERT_EQUAL(std::size_t{9}, first.rows.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{90}, first.to());
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, taken(live).rows.size());
    CPPUNIT_ASSERT(live.empty() && live.rows() == 0);
    CPPUNIT_ASSERT(!live.take({}));
  }

  void what_is_no_neighbour_is_not_joined() {
    LiveBatches live(1'000, 100);
    live.push(batch(1));
    end_ += 10;  // a hole
    live.push(batch(1));
    segment_ = Uuid::random();
    live.push(batch(1));
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(std::size_t{1}, taken(live).rows.size());
  }

  void a_segment_ends_behind_its_batches() {
    LiveBatches live(1'000, 100);
    live.push(batch(1));
    live.end({"a", segment_, 0, 0});
    segment_ = Uuid::random();
    live.push(batch(1));
    taken(live);
    const auto end = live.take({});
    CPPUNIT_ASSERT(std::get<SealedSegment>(*end).path == "a");
    taken(live);
  }

  void full_is_full() {
    LiveBatches live(10, 5);
    CPPUNIT_ASSERT(live.push(batch(6)));
    CPPUNIT_ASSERT(!live.push(batch(5)));
    taken(live);
    CPPUNIT_ASSERT(live.push(batch(5)));
  }

  // Rows of about this size, as of a server with many labelled series.
  ResultBatch large(std::size_t row_bytes, int rows, bool on_disk = true) {
    ResultBatch large = batch(rows, on_disk);
    for (ResultRow& row : large.rows) {
      row.custom_metrics = std::make_shared<const std::vector<Metric>>(
          row_bytes / 100, Metric{std::string(100 - sizeof(Metric), 'm')});
    }
    return large;
  }

  void large_rows_fill_it_by_their_bytes() {
    LiveBatches live(1'000, 100, 1'000'000);
    for (int i = 0; i < 9; ++i) CPPUNIT_ASSERT(live.push(large(10'000, 10)));
    CPPUNIT_ASSERT(!live.push(large(10'000, 10)));
    CPPUNIT_ASSERT(live.push(batch(10)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{20}, taken(live).rows.size());  // a quarter of the bytes
    CPPUNIT_ASSERT(live.push(large(10'000, 10)));
    for (int i = 0; i < 9; ++i) live.push_newest(large(10'000, 10, false));
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, live.push_newest(large(10'000, 10, false)));
  }

  void what_is_in_memory_alone_pushes_out_the_oldest_of_its_kind() {
    LiveBatches live(10, 5);
    live.push(batch(8));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, live.push_newest(batch(5, false)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, live.push_newest(batch(5, false)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, live.push_newest(batch(6, false)));
    CPPUNIT_ASSERT_EQUAL(std::size_t{14}, live.rows());
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, taken(live).rows.size());
    CPPUNIT_ASSERT_EQUAL(ServerKey{19}, taken(live).rows.front().server);
  }

  void a_change_ends_the_wait() {
    LiveBatches live(10, 5);
    auto waiting = std::async(std::launch::async, [&] { return live.take({1h, 1h}); });
    ResultBatch changed = batch(1);
    const CheckResult result = sample_result(1);
    changed.rows.front() = ResultRow::from(
        result, sample_change(result, HealthState::kHealthy, HealthState::kUnreachable));
    live.push(std::move(changed));
    CPPUNIT_ASSERT(waiting.wait_for(10s) == std::future_status::ready);
    CPPUNIT_ASSERT(waiting.get());
  }

  void closing_ends_the_wait() {
    LiveBatches live(10, 5);
    auto waiting = std::async(std::launch::async, [&] { return live.take({1h, 1h}); });
    live.push(batch(1));
    CPPUNIT_ASSERT(!live.drained());
    live.close();
    CPPUNIT_ASSERT(waiting.wait_for(10s) == std::future_status::ready);
    CPPUNIT_ASSERT(waiting.get() && live.drained());
  }

  Uuid segment_ = Uuid::random();
  std::int64_t end_ = 0;
  ServerKey key_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LiveBatchesTest);
}  // namespace muster
