#include "aggregator/operations/verdict.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class VerdictTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(VerdictTest);
  CPPUNIT_TEST(more_errors_than_may_be_stop_it);
  CPPUNIT_TEST(interrupted_and_skipped_targets_are_no_errors);
  CPPUNIT_TEST(a_deadline_stops_only_what_waits);
  CPPUNIT_TEST(to_be_canceled_comes_first);
  CPPUNIT_TEST(what_it_has_come_to);
  CPPUNIT_TEST_SUITE_END();

  static TargetCounts counts(std::initializer_list<std::pair<TargetState, int>> given) {
    TargetCounts counts;
    for (const auto& [state, count] : given) counts[state] = count;
    return counts;
  }

  void more_errors_than_may_be_stop_it() {
    const TargetCounts three = counts({{TargetState::kFailed, 1},
                                       {TargetState::kTimedOut, 1},
                                       {TargetState::kUnreachable, 1},
                                       {TargetState::kPending, 5}});
    CPPUNIT_ASSERT(!reason_to_stop({three, 3}));
    CPPUNIT_ASSERT(reason_to_stop({three, 2}) == StopReason::kErrors);
    CPPUNIT_ASSERT(!reason_to_stop({counts({{TargetState::kPending, 5}}), 0}));
  }

  void interrupted_and_skipped_targets_are_no_errors() {
    const TargetCounts some = counts({{TargetState::kInterrupted, 3},
                                      {TargetState::kSkipped, 3},
                                      {TargetState::kCanceled, 3},
                                      {TargetState::kPending, 1}});
    CPPUNIT_ASSERT(!reason_to_stop({some, 0}));
  }

  void a_deadline_stops_only_what_waits() {
    CPPUNIT_ASSERT(reason_to_stop({counts({{TargetState::kPending, 1}}), 0, false, true}) ==
                   StopReason::kDeadline);
    CPPUNIT_ASSERT(!reason_to_stop({counts({{TargetState::kRunning, 1}}), 0, false, true}));
  }

  void to_be_canceled_comes_first() {
    CPPUNIT_ASSERT(reason_to_stop({counts({{TargetState::kFailed, 9}}), 0, true, true}) ==
                   StopReason::kCanceled);
  }

  void what_it_has_come_to() {
    using S = OperationState;
    using T = TargetState;
    const auto went = [](std::initializer_list<std::pair<T, int>> given) {
      return verdict(counts(given), std::nullopt);
    };
    CPPUNIT_ASSERT(went({{T::kSucceeded, 2}}) == S::kSucceeded);
    CPPUNIT_ASSERT(went({{T::kSucceeded, 2}, {T::kSkipped, 1}}) == S::kSucceeded);
    CPPUNIT_ASSERT(went({{T::kSkipped, 2}}) == S::kSucceeded);
    CPPUNIT_ASSERT(went({{T::kSucceeded, 2}, {T::kFailed, 1}}) == S::kPartial);
    CPPUNIT_ASSERT(went({{T::kSucceeded, 2}, {T::kInterrupted, 1}}) == S::kPartial);
    CPPUNIT_ASSERT(went({{T::kUnreachable, 2}, {T::kSkipped, 1}}) == S::kFailed);
    const TargetCounts some = counts({{T::kSucceeded, 2}, {T::kFailed, 1}, {T::kCanceled, 1}});
    CPPUNIT_ASSERT(verdict(some, StopReason::kErrors) == S::kFailed);
    CPPUNIT_ASSERT(verdict(some, StopReason::kCanceled) == S::kCanceled);
    CPPUNIT_ASSERT(verdict(some, StopReason::kDeadline) == S::kPartial);
    CPPUNIT_ASSERT(verdict(counts({{T::kCanceled, 4}}), StopReason::kDeadline) == S::kFailed);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(VerdictTest);
}  // namespace muster
