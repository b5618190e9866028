// Who waits for checks that never end.
#include "aggregator/app/blocking_checks.h"

#include <cppunit/extensions/HelperMacros.h>

#include <deque>
#include <mutex>

#include "tests/support/eventually.h"

namespace muster {
using namespace std::chrono_literals;

class BlockingChecksTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BlockingChecksTest);
  CPPUNIT_TEST(an_organization_has_a_quarter_of_the_threads_and_all_have_half);
  CPPUNIT_TEST(there_is_always_one_place);
  CPPUNIT_TEST_SUITE_END();

  // Servers that are silent until the test lets them answer.
  class SilentChecks final : public ServerChecks {
   public:
    void check(ServerKey, ChecksWanted, Answer answer) override {
      const std::lock_guard lock(mutex_);
      open_.push_back(std::move(answer));
    }
    std::size_t asked() {
      const std::lock_guard lock(mutex_);
      return open_.size();
    }
    void answer_all() {
      const std::lock_guard lock(mutex_);
      for (const Answer& answer : open_) answer(std::vector<CheckResult>());
      open_.clear();
    }

   private:
    std::mutex mutex_;
    std::deque<Answer> open_;
  };

  static bool has_no_place(BlockingChecks& checks, OrganizationKey organization) {
    const auto answer = checks.check_now(organization, 1, 0ms);
    return !answer && answer.error().code == ErrorCode::kUnavailable;
  }

  void an_organization_has_a_quarter_of_the_threads_and_all_have_half() {
    SilentChecks silent;
    BlockingChecks checks(silent, 8);
    std::vector<std::future<bool>> waiting;
    for (const OrganizationKey organization : {1, 1, 2, 3}) {
      CPPUNIT_ASSERT(waiting.size() < 2 || has_no_place(checks, 1));
      const bool measure = waiting.size() == 1;
      waiting.push_back(std::async(std::launch::async, [&checks, organization, measure] {
        return (measure ? checks.measure_now(organization, 1, 10s)
                        : checks.check_now(organization, 1, 10s))
            .has_value();
      }));
      CPPUNIT_ASSERT(test::eventually(5s, [&] { return silent.asked() == waiting.size(); }));
    }
    CPPUNIT_ASSERT(has_no_place(checks, 2));
    CPPUNIT_ASSERT(has_no_place(checks, 4));
    silent.answer_all();
    for (std::future<bool>& answered : waiting) CPPUNIT_ASSERT(answered.get());
    CPPUNIT_ASSERT(!has_no_place(checks, 3));
  }

  void there_is_always_one_place() {
    SilentChecks silent;
    BlockingChecks checks(silent, 1);
    for (int i = 0; i < 3; ++i) {  // one after the other, each in vain
      const auto answer = checks.check_now(1, 1, 0ms);
      CPPUNIT_ASSERT(!answer && answer.error().code == ErrorCode::kTimeout);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BlockingChecksTest);
}  // namespace muster
