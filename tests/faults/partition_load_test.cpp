// Partitions come and go under full write load: nobody waits, and no row is lost. One writer fills
// the present, another the very partition that is being taken away, and a reader scans them all.
#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <iostream>
#include <optional>

#include "aggregator/storage/migrations.h"
#include "aggregator/storage/partition_archiver.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/partition_ddl.h"
#include "aggregator/storage/partition_detacher.h"
#include "aggregator/storage/partition_session.h"
#include "aggregator/storage/transaction.h"
#include "tests/faults/load_writer.h"
#include "tests/support/eventually.h"
#include "tests/support/slowness.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;
using test::LoadWriter;
using test::must;
namespace fs = std::filesystem;

class PartitionLoadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionLoadTest);
  CPPUNIT_TEST(no_write_waits_and_no_row_is_lost);
  CPPUNIT_TEST_SUITE_END();

  static constexpr std::chrono::milliseconds kBar = 250ms * test::kSlowness;
  static constexpr int kKept = 4;  // months

  static inline const PartitionPolicy kPolicy{
      &kPartitionedTables[0], PartitionPeriod::kMonthly, {.months = std::chrono::months(kKept)}};

  static int cycles() {
    const char* const form = std::getenv("MUSTER_FAULTS");
    return form != nullptr && std::string(form) == "long" ? 200 : 12;
  }

 public:
  // A server of its own, with fsync.
  void setUp() override {
    fs::permissions(folder_.path(), fs::perms::others_exec | fs::perms::group_exec,
                    fs::perm_options::add);
    EmbeddedPostgresSettings settings;
    settings.directory = folder_.path() / "postgres";
    postgres_.emplace(settings);
    must(postgres_->start());
    database_ = {postgres_->connection_string()};
    auto connection = must(Connection::open(database_));
    must(Migrations::built_in().apply(connection));
    must(PartitionCreator::run(connection, clock_.wall()));
  }

 private:
  WallTime months_ago(int count) const {
    return CalendarSpan{.months = std::chrono::months(count)}.before(clock_.wall());
  }

  PartitionSession session() { return must(PartitionSession::open(database_, never_)); }

  void cover(WallTime time) {
    must(PartitionCreator::cover(connection_->connection(), kPolicy, time, locks_));
  }

  std::int64_t number(const std::string& sql) {
    return must(connection_->connection().exec(sql)).integer(0, 0);
  }

  void make_month_of(WallTime time) {
    Connection& connection = connection_->connection();
    const TimeRange month = PartitionPlanner::wanted(time + 1h).front();
    auto transaction = must(Transaction::begin(connection));
    must(create_apart(connection, *kPolicy.table, month));
    must(attach(connection, *kPolicy.table, month));
    must(transaction.commit());
    late_at_ = month.from + 1h;
  }

  // One partition more ahead; an old one, while the late writer fills it, to a file and away.
  void cycle(int number, const LoadWriter& late) {
    cover(clock_.wall() + std::chrono::days(31 * number));
    make_month_of(months_ago(kKept + 6 + number));
    const std::int64_t before = late.accepted();
    CPPUNIT_ASSERT(test::eventually(20s, [&] { return late.accepted() > before + 2'000; }));
    PartitionDetacher detacher(clock_, locks_);
    must(detacher.expire(connection_->connection(), kPolicy));
    PartitionArchiver archiver({true, folder_.path() / "archive"});
    must(archiver.run(connection_->connection(), *kPolicy.table));
  }

  void read_all(const std::stop_token& stop) {
    auto reader = must(Connection::open(database_));
    while (!stop.stop_requested())
      must(reader.exec("SELECT count(*) FROM server_health_checks WHERE server_key = 7"));
  }

  void no_write_waits_and_no_row_is_lost() {
    connection_.emplace(session());
    late_at_ = clock_.wall();
    LoadWriter present(database_, 500, [this] { return clock_.wall(); });
    LoadWriter late(database_, 50, [this] { return late_at_.load(); });
    std::jthread reader([&](const std::stop_token& stop) { read_all(stop); });
    CPPUNIT_ASSERT(test::eventually(20s, [&] { return present.batches() > 200; }));
    const auto calm = std::max(present.longest(), late.longest());
    for (int i = 0; i < cycles(); ++i) cycle(i, late);
    const auto longest = std::max(present.longest(), late.longest());
    reader.request_stop();
    reader.join();
    present.stop();
    late.stop();
    const auto archived =
        number("SELECT coalesce(sum(row_count), 0)::bigint FROM partition_archive");
    const auto kept = number("SELECT count(*) FROM server_health_checks");
    std::cerr << "longest write " << longest.count() << " ms (" << calm.count()
              << " ms without partition work), " << present.accepted() + late.accepted()
              << " rows, " << archived << " of them archived, " << late.refused() << " refused\n";
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, present.refused() + present.failed() + late.failed());
    CPPUNIT_ASSERT_EQUAL(present.accepted() + late.accepted(), kept + archived);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                         number("SELECT count(*) FROM partition_archive WHERE state <> 'dropped'"));
    CPPUNIT_ASSERT(archived > cycles() * 2'000);
    CPPUNIT_ASSERT(longest <= kBar);
  }

  const SystemClock clock_;
  test::TempDir folder_;
  std::optional<EmbeddedPostgres> postgres_;
  ConnectionSettings database_;
  StopSignal never_;
  Histogram waits_{{1}};
  LockRetry locks_{never_, waits_};
  std::optional<PartitionSession> connection_;
  std::atomic<WallTime> late_at_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionLoadTest);
}  // namespace muster
