#include "aggregator/health/probe_health.h"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>

namespace muster {

class ProbeHealthTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProbeHealthTest);
  CPPUNIT_TEST(the_first_observation_decides);
  CPPUNIT_TEST(needs_three_failures_to_fall_and_two_successes_to_rise);
  CPPUNIT_TEST(a_single_good_answer_starts_the_count_again);
  CPPUNIT_TEST(different_failures_count_together_and_the_last_one_names_the_state);
  CPPUNIT_TEST(from_unreachable_to_critical_is_an_improvement);
  CPPUNIT_TEST(our_own_fault_is_no_evidence);
  CPPUNIT_TEST(never_changes_without_enough_evidence);
  CPPUNIT_TEST_SUITE_END();

  static constexpr auto kHealthy = HealthState::kHealthy;
  static constexpr auto kDegraded = HealthState::kDegraded;
  static constexpr auto kCritical = HealthState::kCritical;
  static constexpr auto kUnreachable = HealthState::kUnreachable;

  // The letters of the states that follow from the letters that are observed.
  static std::string run(const std::string& seen) {
    static const std::string letters = "hdcux";
    ProbeHealth health;
    std::string states;
    for (const char letter : seen) {
      health = observe(health, static_cast<HealthState>(letters.find(letter)), Thresholds{});
      states += letters[static_cast<std::size_t>(health.state)];
    }
    return states;
  }

  static void expect(const std::string& seen, const std::string& states) {
    CPPUNIT_ASSERT_EQUAL(states, run(seen));
  }

  void the_first_observation_decides() {
    expect("c", "c");
    expect("h", "h");
    expect("u", "u");
  }

  void needs_three_failures_to_fall_and_two_successes_to_rise() {
    expect("hccc", "hhhc");
    expect("hccchh", "hhhcch");
  }

  void a_single_good_answer_starts_the_count_again() {
    expect("hcchccc", "hhhhhhc");
    expect("chchh", "cccch");
  }

  void different_failures_count_together_and_the_last_one_names_the_state() {
    expect("hcuu", "hhhu");
    expect("hddc", "hhhc");
  }

  void from_unreachable_to_critical_is_an_improvement() { expect("ucc", "uuc"); }

  void our_own_fault_is_no_evidence() {
    Finding finding;
    finding.status = CheckStatus::kCritical;
    finding.reason = FailureReason::kSelfOverload;
    CPPUNIT_ASSERT(!observed(finding));
    finding.reason = FailureReason::kSelf;
    CPPUNIT_ASSERT(!observed(finding));
    finding.reason = FailureReason::kRateLimited;
    CPPUNIT_ASSERT(!observed(finding));
    finding.reason = FailureReason::kRefused;
    CPPUNIT_ASSERT(observed(finding) == kUnreachable);
    finding.reason = FailureReason::kStatusCode;
    CPPUNIT_ASSERT(observed(finding) == kCritical);
    finding.status = CheckStatus::kWarning;
    CPPUNIT_ASSERT(observed(finding) == kDegraded);
    finding = {};
    finding.status = CheckStatus::kOk;
    CPPUNIT_ASSERT(observed(finding) == kHealthy);
  }

  // Whatever is observed, a state only changes to what was just observed, and only when the last
  // two observations (three for the worse) all differed from the old state.
  void never_changes_without_enough_evidence() {
    std::mt19937 random(20261123);
    static const std::string letters = "hdcux";
    std::string seen;
    for (int i = 0; i < 20'000; ++i) seen += letters[random() % letters.size()];
    const std::string states = run(seen);
    for (std::size_t i = 3; i < seen.size(); ++i) {
      if (states[i] == states[i - 1]) continue;
      CPPUNIT_ASSERT_EQUAL(seen[i], states[i]);
      const auto before = static_cast<HealthState>(letters.find(states[i - 1]));
      const auto after = static_cast<HealthState>(letters.find(states[i]));
      const std::size_t needed = severity(after) > severity(before) ? 3 : 2;
      for (std::size_t back = 0; back < needed; ++back) {
        CPPUNIT_ASSERT(seen[i - back] != states[i - 1]);
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProbeHealthTest);
}  // namespace muster
