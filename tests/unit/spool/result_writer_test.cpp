#include "aggregator/spool/result_writer.h"

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <map>
#include <set>

#include "aggregator/spool/row_codec.h"
#include "common/base/guarded.h"
#include "tests/fakes/fake_clock.h"
#include "tests/support/eventually.h"
#include "tests/support/must.h"
#include "tests/support/sample_result.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;
using test::eventually;
using test::must;
using test::sample_result;
using test::sample_verdict;

// What the writer offered and how the store answers.
struct StoreScript {
  std::vector<ServerKey> stored;
  std::vector<std::int64_t> offered;  // where each batch began
  std::vector<ServerKey> quarantined;
  std::map<Uuid, std::int64_t> marks;
  std::set<ServerKey> poison;
  int unavailable_times = 0;
  int unanswered_times = 0;  // stored, but the answer is lost
  bool quarantine_refuses = false;
  std::size_t quick_rows = 1'000'000;  // more take too long
  std::size_t most_offered = 0;        // of what was stored
  bool unreachable = false;
  bool given_up = false;
};

class ScriptedStore final : public BatchStore {
 public:
  explicit ScriptedStore(Guarded<StoreScript>& script) : script_(script) {}

  StoreResult<StoredBatch> store(const ResultBatch& batch) override {
    return script_.with([&](StoreScript& script) { return store(script, batch); });
  }

  StoreResult<StoredBatch> quarantine(const ResultBatch& batch, const std::string&) override {
    return script_.with([&](StoreScript& script) -> StoreResult<StoredBatch> {
      if (script.quarantine_refuses) return tl::unexpected(refusal());
      for (const ResultRow& row : batch.rows) script.quarantined.push_back(row.server);
      return StoredBatch{.changes = 1, .quarantined = 1, .upto = batch.to()};
    });
  }

  StoreResult<std::int64_t> stored_upto(const Uuid& segment) override {
    return script_.with([&](StoreScript& script) { return script.marks[segment]; });
  }

  StoreResult<void> forget(const Uuid& segment) override {
    script_.with([&](StoreScript& script) { script.marks.erase(segment); });
    return {};
  }

  void give_up() override {
    script_.with([](StoreScript& script) { script.given_up = true; });
  }

 private:
  static StoreResult<StoredBatch> store(StoreScript& script, const ResultBatch& batch) {
    script.offered.push_back(batch.from);
    if (script.unavailable_times > 0) {
      --script.unavailable_times;
      StoreFailure failure = away();
      failure.unreachable = script.unreachable;
      return tl::unexpected(failure);
    }
    if (batch.rows.size() > script.quick_rows) {
      return tl::unexpected(StoreFailure{{ErrorCode::kTimeout, "slow"}, false, false, "57014"});
    }
    script.most_offered = std::max(script.most_offered, batch.rows.size());
    for (const ResultRow& row : batch.rows) {
      if (script.poison.contains(row.server)) return tl::unexpected(refusal());
    }
    std::int64_t& mark = script.marks[batch.segment];
    if (mark > batch.from) return StoredBatch{.upto = mark};
    mark = batch.to();
    for (const ResultRow& row : batch.rows) script.stored.push_back(row.server);
    if (script.unanswered_times > 0) {
      --script.unanswered_times;
      return tl::unexpected(away());
    }
    return StoredBatch{.checks = static_cast<std::int64_t>(batch.rows.size()), .upto = mark};
  }

  static StoreFailure away() { return {{ErrorCode::kUnavailable, "away"}, false, false, "57P01"}; }
  static StoreFailure refusal() { return {{ErrorCode::kInvalid, "poison"}, true, false, "22P02"}; }

  Guarded<StoreScript>& script_;
};

class ResultWriterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ResultWriterTest);
  CPPUNIT_TEST(stores_what_comes);
  CPPUNIT_TEST(offers_the_same_batch_again_until_it_is_stored);
  CPPUNIT_TEST(what_takes_too_long_is_offered_in_smaller_pieces);
  CPPUNIT_TEST(a_database_that_cannot_be_reached_has_peace);
  CPPUNIT_TEST(a_lost_answer_doubles_nothing);
  CPPUNIT_TEST(a_batch_that_is_stored_in_part_is_cut);
  CPPUNIT_TEST(one_bad_row_does_not_stop_its_neighbours);
  CPPUNIT_TEST(a_row_that_nobody_takes_is_counted_lost);
  CPPUNIT_TEST(a_segment_whose_results_are_stored_is_removed);
  CPPUNIT_TEST(what_waits_on_disk_is_stored_from_where_the_database_is);
  CPPUNIT_TEST(what_comes_is_stored_before_what_waits);
  CPPUNIT_TEST(a_file_that_is_no_segment_is_put_aside);
  CPPUNIT_TEST(a_segment_that_has_vanished_is_given_up_at_once);
  CPPUNIT_TEST(damage_is_counted_and_kept);
  CPPUNIT_TEST(a_torn_end_is_counted_apart);
  CPPUNIT_TEST(stop_stores_what_was_handed_over);
  CPPUNIT_TEST(stop_gives_up_in_time_and_leaves_the_segment);
  CPPUNIT_TEST(stop_ends_a_call_that_hangs);
  CPPUNIT_TEST(what_was_in_memory_alone_is_then_lost);
  CPPUNIT_TEST_SUITE_END();

  using Script = Guarded<StoreScript>;

 public:
  void setUp() override { directory_.emplace(must(SpoolDirectory::open(top_.path() / "spool"))); }

 private:
  static ResultWriterSettings quick() {
    ResultWriterSettings settings;
    settings.batch_rows = 100;
    settings.batch_delay = 1ms;
    settings.first_retry = 1ms;
    settings.most_retry = 2ms;
    return settings;
  }

  void start(const ResultWriterSettings& settings = quick()) {
    writer_.emplace(settings, ResultWriter::Spool{*directory_, live_, backlog_, counters_},
                    std::make_unique<ScriptedStore>(script_), clock_);
    writer_->start();
  }

  // A segment with results of these servers, as the spool leaves it.
  SealedSegment segment(ServerKey from, ServerKey to) {
    auto writer = must(directory_->begin_segment());
    for (ServerKey key = from; key <= to; ++key) {
      std::string payload, record;
      encode_row(ResultRow::from(sample_result(key), sample_verdict()), payload);
      put_record(payload, record);
      must(writer.append(record));
    }
    return writer.sealed(kSegmentHeader);
  }

  // The same results as the spool hands them over.
  ResultBatch batch(const SealedSegment& segment) {
    return must(must(SegmentReplay::open(segment)).next(1'000));
  }

  ResultBatch batch(ServerKey from, ServerKey to) { return batch(segment(from, to)); }

  static std::vector<ServerKey> sequence(ServerKey from, ServerKey to) {
    std::vector<ServerKey> keys;
    for (ServerKey key = from; key <= to; ++key) keys.push_back(key);
    return keys;
  }

  std::vector<ServerKey> stored() {
    return script_.with([](StoreScript& script) { return script.stored; });
  }

  void expect_stored(const std::vector<ServerKey>& servers) {
    CPPUNIT_ASSERT(eventually(10s, [&] { return stored().size() >= servers.size(); }));
    CPPUNIT_ASSERT(stored() == servers);
  }

  void stores_what_comes() {
    live_.push(batch(1, 30));
    start();
    expect_stored(sequence(1, 30));
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->counters().checks_written == 30; }));
    CPPUNIT_ASSERT_EQUAL(clock_.wall().time_since_epoch().count(),
                         writer_->counters().last_success_unix_us.load());
  }

  void offers_the_same_batch_again_until_it_is_stored() {
    script_.with([](StoreScript& script) { script.unavailable_times = 5; });
    live_.push(batch(1, 3));
    start();
    expect_stored(sequence(1, 3));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, writer_->counters().store_failures.load());
    script_.with([](StoreScript& script) {
      CPPUNIT_ASSERT(script.offered == std::vector<std::int64_t>(6, kSegmentHeader));
    });
  }

  void what_takes_too_long_is_offered_in_smaller_pieces() {
    script_.with([](StoreScript& script) { script.quick_rows = 20; });
    live_.push(batch(1, 100));
    start();
    expect_stored(sequence(1, 100));
    script_.with([](StoreScript& script) {
      CPPUNIT_ASSERT(script.most_offered > 5);
      script.quick_rows = 1'000'000;
    });
    for (ServerKey key = 101; key < 1'000; key += 100) live_.push(batch(key, key + 99));
    expect_stored(sequence(1, 1'100 - 100));
    script_.with([](StoreScript& s) { CPPUNIT_ASSERT_EQUAL(std::size_t{100}, s.most_offered); });
  }

  void a_database_that_cannot_be_reached_has_peace() {
    script_.with([](StoreScript& script) {
      script.unavailable_times = 3;
      script.unreachable = true;
    });
    ResultWriterSettings settings = quick();
    settings.connect_retry = 100ms;
    live_.push(batch(1, 3));
    const auto begin = std::chrono::steady_clock::now();
    start(settings);
    expect_stored(sequence(1, 3));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin >= 300ms);
  }

  void a_lost_answer_doubles_nothing() {
    script_.with([](StoreScript& script) { script.unanswered_times = 1; });
    const SealedSegment whole = segment(1, 9);
    live_.push(batch(whole));
    live_.end(whole);
    start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return must(directory_->segments()).empty(); }));
    CPPUNIT_ASSERT(stored() == sequence(1, 9));
  }

  void a_batch_that_is_stored_in_part_is_cut() {
    ResultBatch whole = batch(1, 10);
    script_.with([&](StoreScript& script) { script.marks[whole.segment] = whole.ends[3]; });
    live_.push(std::move(whole));
    start();
    expect_stored(sequence(5, 10));
  }

  void one_bad_row_does_not_stop_its_neighbours() {
    script_.with([](StoreScript& script) { script.poison = {37, 38, 99}; });
    live_.push(batch(1, 100));
    start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->counters().rows_quarantined == 3; }));
    CPPUNIT_ASSERT(eventually(10s, [&] { return stored().size() == 97; }));
    script_.with([](StoreScript& script) {
      CPPUNIT_ASSERT((script.quarantined == std::vector<ServerKey>{37, 38, 99}));
    });
    const auto in_order = stored();
    CPPUNIT_ASSERT(std::ranges::is_sorted(in_order));
  }

  void a_row_that_nobody_takes_is_counted_lost() {
    script_.with([](StoreScript& script) {
      script.poison = {2};
      script.quarantine_refuses = true;
    });
    live_.push(batch(1, 3));
    start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return writer_->counters().rows_lost == 1; }));
    CPPUNIT_ASSERT(eventually(10s, [&] { return stored().size() == 2; }));
  }

  void a_segment_whose_results_are_stored_is_removed() {
    const SealedSegment done = segment(1, 3);
    const SealedSegment other = segment(4, 6);
    live_.push(batch(done));
    live_.end(done);
    live_.push(batch(other));
    start();
    expect_stored(sequence(1, 6));
    CPPUNIT_ASSERT(eventually(10s, [&] { return must(directory_->segments()).size() == 1; }));
    CPPUNIT_ASSERT(must(directory_->segments()).front().path == other.path);
    CPPUNIT_ASSERT(eventually(
        10s, [&] { return script_.with([](StoreScript& s) { return s.marks.size() == 1; }); }));
  }

  void what_waits_on_disk_is_stored_from_where_the_database_is() {
    const SealedSegment half = segment(1, 250);
    const ResultBatch rows = batch(half);
    script_.with([&](StoreScript& script) { script.marks[rows.segment] = rows.ends[119]; });
    backlog_.add(half);
    backlog_.add(segment(251, 260));
    start();
    expect_stored(sequence(121, 260));
    CPPUNIT_ASSERT(eventually(10s, [&] { return backlog_.empty(); }));
    CPPUNIT_ASSERT(eventually(10s, [&] { return must(directory_->segments()).empty(); }));
  }

  void what_comes_is_stored_before_what_waits() {
    backlog_.add(segment(1, 10));
    live_.push(batch(11, 20));
    start();
    CPPUNIT_ASSERT(eventually(10s, [&] { return stored().size() == 20; }));
    CPPUNIT_ASSERT_EQUAL(ServerKey{11}, stored().front());
  }

  void a_file_that_is_no_segment_is_put_aside() {
    const auto path = top_.write("spool/0000000000000007.segment", "something else altogether");
    backlog_.add({path, {}, kSegmentHeader, 25});
    backlog_.add(segment(1, 3));
    start();
    expect_stored(sequence(1, 3));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, counters_.damages.load());
    CPPUNIT_ASSERT(std::filesystem::exists(path.string() + ".damaged"));
  }

  void a_segment_that_has_vanished_is_given_up_at_once() {
    const SealedSegment gone = segment(1, 3);
    must(directory_->remove(gone.path));
    backlog_.add(gone);
    backlog_.add(segment(4, 6));
    ResultWriterSettings settings = quick();
    settings.first_retry = settings.most_retry = 1h;  // one pause would be too many
    start(settings);
    expect_stored(sequence(4, 6));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, counters_.damages.load());
  }

  void damage_is_counted_and_kept() {
    const SealedSegment damaged = segment(1, 9);
    const auto ends = batch(damaged).ends;
    {
      std::fstream file(damaged.path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(ends[3] + 20);
      file.put('!');
    }
    backlog_.add(damaged);
    start();
    expect_stored({1, 2, 3, 4, 6, 7, 8, 9});
    CPPUNIT_ASSERT(eventually(10s, [&] { return counters_.damages == 1; }));
    CPPUNIT_ASSERT_EQUAL(ends[4] - ends[3], counters_.damaged_bytes.load());
    CPPUNIT_ASSERT(eventually(
        10s, [&] { return std::filesystem::exists(damaged.path.string() + ".damaged"); }));
    CPPUNIT_ASSERT(!std::filesystem::exists(damaged.path));
  }

  void a_torn_end_is_counted_apart() {
    const SealedSegment torn = segment(1, 9);
    std::filesystem::resize_file(torn.path, static_cast<std::uintmax_t>(torn.bytes - 1));
    backlog_.add(torn);
    start();
    expect_stored(sequence(1, 8));
    CPPUNIT_ASSERT(eventually(10s, [&] { return must(directory_->segments()).empty(); }));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, counters_.damages.load());
    CPPUNIT_ASSERT(counters_.torn_bytes > 0);
    CPPUNIT_ASSERT(!std::filesystem::exists(torn.path.string() + ".damaged"));
  }

  void stop_stores_what_was_handed_over() {
    ResultWriterSettings settings = quick();
    settings.batch_delay = 1h;  // stop() cuts it short
    live_.push(batch(1, 95));
    start(settings);
    writer_->stop();
    CPPUNIT_ASSERT(stored() == sequence(1, 95));
  }

  void stop_gives_up_in_time_and_leaves_the_segment() {
    script_.with([](StoreScript& script) { script.unavailable_times = 1'000'000; });
    ResultWriterSettings settings = quick();
    settings.stop_patience = 50ms;
    const SealedSegment whole = segment(1, 95);
    live_.push(batch(whole));
    live_.end(whole);
    start(settings);
    const auto begin = std::chrono::steady_clock::now();
    writer_->stop();
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 5s);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, writer_->counters().rows_lost.load());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(directory_->segments()).size());
  }

  // One whose batches are never answered until it is told to give up.
  class HangingStore final : public BatchStore {
   public:
    StoreResult<StoredBatch> store(const ResultBatch&) override { return hang(); }
    StoreResult<StoredBatch> quarantine(const ResultBatch&, const std::string&) override {
      return hang();
    }
    StoreResult<std::int64_t> stored_upto(const Uuid&) override { return hang(); }
    StoreResult<void> forget(const Uuid&) override { return hang(); }
    void give_up() override { given_up_.give(); }

   private:
    tl::unexpected<StoreFailure> hang() {
      given_up_.wait_for(1h);
      return tl::unexpected(StoreFailure{{ErrorCode::kUnavailable, "given up"}});
    }

    StopSignal given_up_;
  };

  void stop_ends_a_call_that_hangs() {
    ResultWriterSettings settings = quick();
    settings.stop_patience = 50ms;
    const SealedSegment whole = segment(1, 5);
    live_.push(batch(whole));
    live_.end(whole);
    backlog_.add(segment(6, 9));
    writer_.emplace(settings, ResultWriter::Spool{*directory_, live_, backlog_, counters_},
                    std::make_unique<HangingStore>(), clock_);
    writer_->start();
    const auto begin = std::chrono::steady_clock::now();
    writer_->stop();
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < 5s);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(directory_->segments()).size());
  }

  void what_was_in_memory_alone_is_then_lost() {
    script_.with([](StoreScript& script) { script.unavailable_times = 1'000'000; });
    ResultWriterSettings settings = quick();
    settings.stop_patience = 1ms;
    ResultBatch undurable = batch(1, 7);
    undurable.on_disk = false;
    live_.push_newest(std::move(undurable));
    start(settings);
    writer_->stop();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, writer_->counters().rows_lost.load());
  }

  Script script_;
  test::FakeClock clock_;
  test::TempDir top_;
  std::optional<SpoolDirectory> directory_;
  LiveBatches live_{1'000, 100};
  Backlog backlog_;
  SpoolCounters counters_;
  std::optional<ResultWriter> writer_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResultWriterTest);
}  // namespace muster
