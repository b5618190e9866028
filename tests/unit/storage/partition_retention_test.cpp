#include "aggregator/storage/partition_retention.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/base/rfc3339.h"

namespace muster {

class PartitionRetentionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionRetentionTest);
  CPPUNIT_TEST(takes_what_ends_before_the_cutoff);
  CPPUNIT_TEST(never_takes_the_newest);
  CPPUNIT_TEST(one_of_a_few_may_go);
  CPPUNIT_TEST(more_than_a_quarter_blows_the_fuse);
  CPPUNIT_TEST(waits_for_what_is_made_of_the_rows);
  CPPUNIT_TEST(leaves_exempt_pending_and_open_ones);
  CPPUNIT_TEST_SUITE_END();

  static WallTime day(int number) { return WallTime(std::chrono::days(20'000 + number)); }

  // Day 0 to count - 1.
  static std::vector<Partition> days(int count) {
    std::vector<Partition> partitions;
    for (int i = 0; i < count; ++i) {
      partitions.push_back({"p" + std::to_string(i), {day(i), day(i + 1)}, false});
    }
    return partitions;
  }

  static std::size_t taken(const std::vector<Partition>& partitions, RetentionLimits limits) {
    const RetentionPlan plan = plan_retention(partitions, limits);
    CPPUNIT_ASSERT(!plan.fuse_blown);
    return plan.expired.size();
  }

  void takes_what_ends_before_the_cutoff() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, taken(days(20), {.cutoff = day(2)}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2},
                         taken(days(20), {.cutoff = day(3) - std::chrono::microseconds(1)}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, taken(days(20), {.cutoff = WallTime{}}));
    const auto plan = plan_retention(days(20), {.cutoff = day(2)});
    CPPUNIT_ASSERT_EQUAL(std::string("p0"), plan.expired[0].name);
  }

  void never_takes_the_newest() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, taken(days(1), {.cutoff = day(100)}));
    const auto all = plan_retention(days(5), {.cutoff = day(100), .fuse = false});
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, all.expired.size());
    CPPUNIT_ASSERT_EQUAL(std::string("p3"), all.expired.back().name);
  }

  void one_of_a_few_may_go() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, taken(days(2), {.cutoff = day(1)}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, taken(days(3), {.cutoff = day(1)}));
    CPPUNIT_ASSERT(plan_retention(days(3), {.cutoff = day(2)}).fuse_blown);
  }

  void more_than_a_quarter_blows_the_fuse() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, taken(days(20), {.cutoff = day(5)}));
    CPPUNIT_ASSERT(plan_retention(days(20), {.cutoff = day(6)}).fuse_blown);
    const auto told = plan_retention(days(20), {.cutoff = day(6), .fuse = false});
    CPPUNIT_ASSERT(!told.fuse_blown);
    CPPUNIT_ASSERT_EQUAL(std::size_t{6}, told.expired.size());
  }

  void waits_for_what_is_made_of_the_rows() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                         taken(days(20), {.cutoff = day(4), .finalised_until = day(1)}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{0},
                         taken(days(20), {.cutoff = day(4), .finalised_until = WallTime::min()}));
  }

  void leaves_exempt_pending_and_open_ones() {
    auto partitions = days(20);
    partitions[1].detach_pending = true;
    partitions.insert(partitions.begin(), {"open", {WallTime::min(), day(0)}, false});
    CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                         taken(partitions, {.cutoff = day(3), .exempt = {{day(2), day(3)}}}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionRetentionTest);
}  // namespace muster
