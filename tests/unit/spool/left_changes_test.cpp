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
  CPPUNIT_TEST(finds_the_changes_of_each_server_in_their_order);
  CPPUNIT_TEST(leaves_out_what_cannot_be_read);
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

  void finds_the_changes_of_each_server_in_their_order() {
    const ResultRow quiet = ResultRow::from(sample_result(3), sample_verdict());
    const auto first = segment(
        {changed(1, 20s, HealthState::kHealthy), quiet, changed(2, 5s, HealthState::kDegraded)});
    const auto second = segment({changed(1, 10s, HealthState::kCritical)});
    LeftChanges changes = read_left_changes({first, second});
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, changes.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, changes[1].size());
    CPPUNIT_ASSERT(changes[1][0].to == HealthState::kCritical);
    CPPUNIT_ASSERT(changes[1][1].to == HealthState::kHealthy);
    CPPUNIT_ASSERT(changes[1][1].at == test::kSampleTime + 20s);
    CPPUNIT_ASSERT_EQUAL(std::string("seen"), changes[2][0].message);
  }

  void leaves_out_what_cannot_be_read() {
    SealedSegment missing = segment({changed(1, 1s, HealthState::kCritical)});
    std::filesystem::remove(missing.path);
    const auto torn =
        segment({changed(2, 1s, HealthState::kCritical), changed(3, 1s, HealthState::kCritical)});
    std::filesystem::resize_file(torn.path, static_cast<std::uintmax_t>(torn.bytes - 1));
    const LeftChanges changes = read_left_changes({missing, torn});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changes.size());
    CPPUNIT_ASSERT(changes.contains(2));
  }

  test::TempDir folder_;
  int segments_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LeftChangesTest);
}  // namespace muster
