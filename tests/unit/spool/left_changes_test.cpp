// What an earlier process had seen of servers is found in the segments that it left.
#include "aggregator/spool/left_changes.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/spool/row_codec.h"
#include "aggregator/spool/segment_writer.h"
#include "common/base/file.h"
#include "tests/support/must.h"
#include "tests/support/sample_result.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::sample_change;
using test::sample_result;
using test::sample_verdict;

class LeftChangesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(LeftChangesTest);
  CPPUNIT_TEST(finds_the_newest_change_of_each_server);
  CPPUNIT_TEST(a_change_is_found_behind_all_parts_of_a_record);
  CPPUNIT_TEST(leaves_out_what_cannot_be_read);
  CPPUNIT_TEST(gives_up_when_told);
  CPPUNIT_TEST_SUITE_END();

  static ResultRow changed(ServerKey server, std::chrono::seconds after, HealthState to) {
    const CheckResult result = sample_result(server, test::kSampleTime + after);
    return ResultRow::from(result, sample_change(result, HealthState::kUnknown, to, "seen"));
  }

  SealedSegment segment(const std::vector<ResultRow>& rows) {
    std::string records;
    for (const ResultRow& row : rows) {
      std::string payload;
      encode_row(row, payload);
      put_record(payload, records);
    }
    auto writer =
        must(SegmentWriter::create(folder_.path() / (std::to_string(++segments_) + ".segment")));
    must(writer.append(records));
    return writer.sealed(kSegmentHeader);
  }

  static LeftChanges read(const std::vector<SealedSegment>& segments, bool give_up = false) {
    return read_left_changes(segments, [=] { return give_up; });
  }

  static HealthState state(const LeftChanges& changes, ServerKey server) {
    Server told;
    changes.at(server).tell(told);
    return told.known_state;
  }

  void finds_the_newest_change_of_each_server() {
    const ResultRow quiet = ResultRow::from(sample_result(3), sample_verdict());
    const auto first = segment(
        {changed(1, 20s, HealthState::kHealthy), quiet, changed(2, 5s, HealthState::kDegraded)});
    const auto second = segment({changed(1, 10s, HealthState::kCritical)});
    const LeftChanges changes = read({first, second});
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, changes.size());
    CPPUNIT_ASSERT(state(changes, 1) == HealthState::kHealthy);
    CPPUNIT_ASSERT(state(changes, 2) == HealthState::kDegraded);
  }

  void a_change_is_found_behind_all_parts_of_a_record() {
    CheckResult result = sample_result(7);
    result.words = say("half of it", {{"disk", CheckStatus::kWarning, "full"}});
    result.metrics = {{"cpu_percent", Metric::Kind::kGauge, 12.5, {}},
                      {"own", Metric::Kind::kGauge, 1, {{"a", "b"}}}};
    const ResultRow row = ResultRow::from(
        result, sample_change(result, HealthState::kHealthy, HealthState::kDegraded, "said"));
    std::string record;
    encode_row(row, record);
    const RecordedChange found = change_in(record);
    CPPUNIT_ASSERT_EQUAL(ServerKey{7}, found.server);
    CPPUNIT_ASSERT(found.change && found.change->to == HealthState::kDegraded);
    CPPUNIT_ASSERT_EQUAL(std::string("said"), found.change->message);
    CPPUNIT_ASSERT_EQUAL(row.change->slot_ms, found.change->slot_ms);
    record.resize(record.size() - 1);
    CPPUNIT_ASSERT(!change_in(record).change);
  }

  void leaves_out_what_cannot_be_read() {
    const SealedSegment missing = segment({changed(1, 1s, HealthState::kCritical)});
    std::filesystem::remove(missing.path);
    const auto torn =
        segment({changed(2, 1s, HealthState::kCritical), changed(3, 1s, HealthState::kCritical)});
    std::filesystem::resize_file(torn.path, static_cast<std::uintmax_t>(torn.bytes - 1));
    const LeftChanges changes = read({missing, torn});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changes.size());
    CPPUNIT_ASSERT(changes.contains(2));
  }

  void gives_up_when_told() {
    CPPUNIT_ASSERT(read({segment({changed(1, 1s, HealthState::kCritical)})}, true).empty());
  }

  test::TempDir folder_;
  int segments_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LeftChangesTest);
}  // namespace muster
