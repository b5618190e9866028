#include "aggregator/storage/result_writer.h"

#include <cppunit/extensions/HelperMacros.h>

#include <future>
#include <set>

#include "common/base/guarded.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"
#include "tests/unit/storage/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::eventually;
using test::sample_result;
using test::sample_verdict;

// What the writer offered and how the store answers.
struct StoreScript {
  std::vector<ResultBatch> stored;
  std::vector<std::int64_t> offered_numbers;
  std::vector<ServerKey> quarantined;
  std::set<ServerKey> poison;
  int unavailable_times = 0;
  bool quarantine_refuses = false;
};

class ScriptedStore final : public BatchStore {
 public:
  explicit ScriptedStore(Guarded<StoreScript>& script, std::shared_future<void> gate)
      : script_(script), gate_(std::move(gate)) {}

  DbResult<StoredBatch> store(const ResultBatch& batch) override {
    gate_.wait();
    return script_.with([&](StoreScript& script) -> DbResult<StoredBatch> {
      script.offered_numbers.push_back(batch.number);
      if (script.unavailable_times > 0) {
        --script.unavailable_times;
        return fail(DbError{{ErrorCode::kUnavailable, "away"}, "57P01", ""});
      }
      for (const ResultRow& row : batch.rows) {
        if (script.poison.contains(row.server)) return fail(refusal());
      }
      script.stored.push_back(batch);
      return StoredBatch{.checks = static_cast<std::int64_t>(batch.rows.size())};
    });
  }

  DbResult<void> quarantine(const ResultBatch& batch, const std::string&) override {
    return script_.with([&](StoreScript& script) -> DbResult<void> {
      if (script.quarantine_refuses) return fail(refusal());
      for (const ResultRow& row : batch.rows) script.quarantined.push_back(row.server);
      return {};
    });
  }

 private:
  static DbError refusal() { return {{ErrorCode::kInvalid, "poison"}, "22P02", ""}; }

  Guarded<StoreScript>& script_;
  std::shared_future<void> gate_;
};

class ResultWriterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ResultWriterTest);
  CPPUNIT_TEST(stores_in_order_of_time);
  CPPUNIT_TEST(a_full_queue_counts_what_it_drops);
  CPPUNIT_TEST(a_nearly_full_queue_has_no_room);
  CPPUNIT_TEST(offers_the_same_batch_again_until_it_is_stored);
  CPPUNIT_TEST(one_bad_row_does_not_stop_its_neighbours);
  CPPUNIT_TEST(a_row_that_nobody_takes_is_counted_lost);
  CPPUNIT_TEST(a_change_of_state_does_not_wait);
  CPPUNIT_TEST(stop_stores_what_is_queued);
  CPPUNIT_TEST(stop_gives_up_in_time);
  CPPUNIT_TEST_SUITE_END();

  using Script = Guarded<StoreScript>;

  ResultWriterSettings quick() {
    ResultWriterSettings settings;
    settings.batch_delay = 1ms;
    settings.first_retry = 1ms;
    settings.most_retry = 2ms;
    return settings;
  }

  void make(ResultWriterSettings settings) {
    auto store = std::make_unique<ScriptedStore>(script_, gate_.get_future().share());
    writer_ = std::make_unique<ResultWriter>(settings, std::move(store), clock_);
  }

  void push(ServerKey key, WallTime at = test::TestDatabase::kNow) {
    writer_->on_result(sample_result(key, at), sample_verdict());
  }

  std::size_t rows_stored() {
    return script_.with([](StoreScript& script) {
      std::size_t rows = 0;
      for (const ResultBatch& batch : script.stored) rows += batch.rows.size();
      return rows;
    });
  }

  void stores_in_order_of_time() {
    make(quick());
    for (int i = 0; i < 10; ++i) push(10 - i, test::TestDatabase::kNow - std::chrono::seconds(i));
    push(1, test::TestDatabase::kNow);
    gate_.set_value();
    writer_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->counters().checks_written == 11; }));
    const auto batches = script_.with([](StoreScript& script) { return script.stored; });
    const auto& rows = batches.at(0).rows;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      CPPUNIT_ASSERT(std::pair(rows[i - 1].at, rows[i - 1].server) <
                     std::pair(rows[i].at, rows[i].server));
    }
    CPPUNIT_ASSERT_EQUAL(clock_.wall().time_since_epoch().count(),
                         writer_->counters().last_success_unix_us.load());
  }

  void a_full_queue_counts_what_it_drops() {
    ResultWriterSettings settings = quick();
    settings.queue_rows = 5;
    make(settings);
    for (int i = 0; i < 8; ++i) push(i);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, writer_->counters().rows_dropped.load());
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, writer_->queued());
    gate_.set_value();
    writer_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return rows_stored() == 5; }));
  }

  void a_nearly_full_queue_has_no_room() {
    ResultWriterSettings settings = quick();
    settings.queue_rows = 10;
    make(settings);
    for (int i = 0; i < 8; ++i) push(i);
    CPPUNIT_ASSERT(writer_->has_room());
    push(8);
    CPPUNIT_ASSERT(!writer_->has_room());
    gate_.set_value();
    writer_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->has_room(); }));
  }

  void offers_the_same_batch_again_until_it_is_stored() {
    script_.with([](StoreScript& script) { script.unavailable_times = 5; });
    make(quick());
    push(1);
    gate_.set_value();
    writer_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return rows_stored() == 1; }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, writer_->counters().store_failures.load());
    script_.with([](StoreScript& script) {
      CPPUNIT_ASSERT(script.offered_numbers == std::vector<std::int64_t>(6, 1));
    });
  }

  void one_bad_row_does_not_stop_its_neighbours() {
    script_.with([](StoreScript& script) { script.poison = {37, 38, 99}; });
    make(quick());
    for (int i = 0; i < 100; ++i) push(i);
    gate_.set_value();
    writer_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->counters().rows_quarantined == 3; }));
    CPPUNIT_ASSERT(eventually(10s, [&] { return rows_stored() == 97; }));
    script_.with([](StoreScript& script) {
      CPPUNIT_ASSERT((script.quarantined == std::vector<ServerKey>{37, 38, 99}));
      // A part of a batch is a batch of its own: no number twice.
      const std::set<std::int64_t> numbers(script.offered_numbers.begin(),
                                           script.offered_numbers.end());
      CPPUNIT_ASSERT_EQUAL(script.offered_numbers.size(), numbers.size());
    });
  }

  void a_row_that_nobody_takes_is_counted_lost() {
    script_.with([](StoreScript& script) {
      script.poison = {2};
      script.quarantine_refuses = true;
    });
    make(quick());
    for (int i = 1; i <= 3; ++i) push(i);
    gate_.set_value();
    writer_->start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->counters().rows_lost == 1; }));
    CPPUNIT_ASSERT(eventually(10s, [&] { return rows_stored() == 2; }));
  }

  void a_change_of_state_does_not_wait() {
    ResultWriterSettings settings = quick();
    settings.batch_delay = 1h;
    make(settings);
    gate_.set_value();
    writer_->start();
    for (const ServerKey round : {1, 2}) {
      push(10 * round);
      const auto result = sample_result(10 * round + 1);
      writer_->on_result(
          result, test::sample_change(result, HealthState::kHealthy, HealthState::kUnreachable));
      CPPUNIT_ASSERT(eventually(10s, [&] { return rows_stored() == std::size_t(2 * round); }));
    }
  }

  void stop_stores_what_is_queued() {
    ResultWriterSettings settings = quick();
    settings.batch_rows = 10;
    settings.batch_delay = 1h;  // stop() cuts it short
    make(settings);
    gate_.set_value();
    writer_->start();
    for (int i = 0; i < 95; ++i) push(i);
    writer_->stop();
    CPPUNIT_ASSERT_EQUAL(std::size_t{95}, rows_stored());
  }

  void stop_gives_up_in_time() {
    script_.with([](StoreScript& script) { script.unavailable_times = 1'000'000; });
    ResultWriterSettings settings = quick();
    settings.batch_rows = 10;
    settings.stop_patience = 50ms;
    make(settings);
    gate_.set_value();
    writer_->start();
    for (int i = 0; i < 95; ++i) push(i);
    const auto begin = std::chrono::steady_clock::now();
    writer_->stop();
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 5s);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{95}, writer_->counters().rows_lost.load());
  }

  Script script_;
  std::promise<void> gate_;
  test::FakeClock clock_;
  std::unique_ptr<ResultWriter> writer_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResultWriterTest);
}  // namespace muster
