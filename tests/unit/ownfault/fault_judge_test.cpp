#include "aggregator/ownfault/fault_judge.h"

#include <cppunit/extensions/HelperMacros.h>

#include <ostream>

namespace muster {
using namespace std::chrono_literals;

inline std::ostream& operator<<(std::ostream& out, OwnFaultKind kind) {
  return out << to_string(kind);
}

// Canaries are told by letters: a answers, s is silent, n could not be asked.
class FaultJudgeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(FaultJudgeTest);
  CPPUNIT_TEST(all_canaries_silent_twice_is_a_lost_network);
  CPPUNIT_TEST(one_silent_round_is_a_suspicion_only);
  CPPUNIT_TEST(one_canary_that_answers_is_enough);
  CPPUNIT_TEST(one_that_never_answered_is_no_witness);
  CPPUNIT_TEST(a_fault_ends_after_two_good_rounds);
  CPPUNIT_TEST(silent_dns_servers_are_a_dns_fault);
  CPPUNIT_TEST(a_dns_fault_may_become_a_lost_network);
  CPPUNIT_TEST(with_dns_canaries_only_the_servers_tell_which_it_is);
  CPPUNIT_TEST(most_servers_answering_speak_against_the_canaries);
  CPPUNIT_TEST(many_servers_lost_at_once_are_suspicious);
  CPPUNIT_TEST(canaries_that_answer_make_an_outage_real);
  CPPUNIT_TEST(canaries_that_are_silent_too_make_it_ours_at_once);
  CPPUNIT_TEST(without_any_witness_it_is_ours);
  CPPUNIT_TEST(without_a_witness_it_ends_when_servers_answer);
  CPPUNIT_TEST(few_servers_and_half_of_them_are_no_mass);
  CPPUNIT_TEST(without_canaries_nothing_is_suspected);
  CPPUNIT_TEST(a_shortage_of_descriptors_that_lasts_is_a_fault);
  CPPUNIT_TEST(a_shortage_that_passes_is_none);
  CPPUNIT_TEST(many_results_without_room_are_a_shortage);
  CPPUNIT_TEST(a_round_that_could_not_be_asked_says_nothing);
  CPPUNIT_TEST_SUITE_END();

  using Kind = OwnFaultKind;

  void watch(const std::vector<std::string>& names) {
    std::vector<Canary> canaries;
    for (const std::string& name : names) canaries.push_back(Canary::parse(name).value());
    judge_.emplace(canaries, MassFailure{});
  }

 public:
  void setUp() override { watch({"tcp://10.0.0.1:53", "dns://10.0.0.2"}); }

 private:
  Kind pulse() {
    verdict_ = judge_->look({now_, fleet_, no_descriptor_, std::nullopt});
    return verdict_.kind;
  }
  Kind round(const std::string& letters, std::int64_t answered = 0, std::int64_t silent = 0) {
    RoundReport report{{}, answered, silent};
    for (const char letter : letters) {
      report.answers.push_back(letter == 'a'   ? CanaryAnswer::kAlive
                               : letter == 's' ? CanaryAnswer::kSilent
                                               : CanaryAnswer::kNotAsked);
    }
    verdict_ = judge_->look({now_, fleet_, no_descriptor_, std::move(report)});
    return verdict_.kind;
  }

  void all_canaries_silent_twice_is_a_lost_network() {
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("aa"));
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, round("ss"));
    CPPUNIT_ASSERT(judge_->urgent());
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
    CPPUNIT_ASSERT_EQUAL(std::string("this musterd lost its network: no answer from "
                                     "tcp://10.0.0.1:53 and dns://10.0.0.2"),
                         verdict_.message);
    const std::string message = verdict_.message;
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
    CPPUNIT_ASSERT_EQUAL(message, verdict_.message);
  }

  void one_silent_round_is_a_suspicion_only() {
    round("aa");
    round("ss");
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("aa"));
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, round("ss"));
  }

  void one_canary_that_answers_is_enough() {
    watch({"tcp://10.0.0.1:53", "tcp://10.0.0.3:22"});
    round("aa");
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("sa"));
  }

  void one_that_never_answered_is_no_witness() {
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("ss"));
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("as"));
    watch({"tcp://10.0.0.1:53", "dns://10.0.0.2"});
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("sa"));
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, round("ss"));
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
    CPPUNIT_ASSERT(verdict_.message.ends_with("no answer from dns://10.0.0.2"));
  }

  void a_fault_ends_after_two_good_rounds() {
    all_canaries_silent_twice_is_a_lost_network();
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("aa"));
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("aa"));
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("aa"));
    CPPUNIT_ASSERT(verdict_.message.empty() && !judge_->urgent());
  }

  void silent_dns_servers_are_a_dns_fault() {
    round("aa");
    round("as");
    CPPUNIT_ASSERT_EQUAL(Kind::kDns, round("as"));
    CPPUNIT_ASSERT_EQUAL(
        std::string("this musterd can look up no names: no answer from dns://10.0.0.2"),
        verdict_.message);
    round("aa");
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("aa"));
  }

  void a_dns_fault_may_become_a_lost_network() {
    silent_dns_servers_are_a_dns_fault();
    round("as");
    round("as");
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
  }

  void with_dns_canaries_only_the_servers_tell_which_it_is() {
    watch({"dns://10.0.0.2"});
    round("a");
    round("s", 3, 1);
    CPPUNIT_ASSERT_EQUAL(Kind::kDns, round("s", 3, 1));
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("s", 1, 3));
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("s", 0, 0));
  }

  void most_servers_answering_speak_against_the_canaries() {
    watch({"tcp://10.0.0.1:53"});
    round("a");
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("s", 100, 3));
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("s", 100, 3));
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, round("s", 9, 3));  // too few to be believed
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("s", 100, 101));
  }

  void lose(std::int64_t lost, std::int64_t of) {
    fleet_.answering = of;
    fleet_.lost = lost;
  }

  void many_servers_lost_at_once_are_suspicious() {
    round("aa");
    lose(10, 20);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());
    lose(11, 20);
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, pulse());
    CPPUNIT_ASSERT(judge_->urgent());
  }

  void canaries_that_answer_make_an_outage_real() {
    many_servers_lost_at_once_are_suspicious();
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("aa"));
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());  // and stays so while it lasts
    lose(0, 20);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());
    lose(15, 20);
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, pulse());
  }

  void canaries_that_are_silent_too_make_it_ours_at_once() {
    many_servers_lost_at_once_are_suspicious();
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
  }

  void without_any_witness_it_is_ours() {
    round("ss");
    lose(10, 10);
    CPPUNIT_ASSERT_EQUAL(Kind::kSuspected, pulse());
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
    CPPUNIT_ASSERT(verdict_.message.find("no canary ever answered") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("ss"));
  }

  void without_a_witness_it_ends_when_servers_answer() {
    without_any_witness_it_is_ours();
    fleet_.answering_now = 10;  // of before it began
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, pulse());
    ++fleet_.window;
    fleet_.answering_now = 0;
    CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, pulse());
    fleet_.answering_now = 1;
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());  // though those are lost still
  }

  void few_servers_and_half_of_them_are_no_mass() {
    round("aa");
    lose(9, 9);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());
    lose(10, 20);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());
  }

  void without_canaries_nothing_is_suspected() {
    watch({});
    lose(100, 100);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, pulse());
  }

  Kind after(Duration time, bool no_descriptor) {
    now_ += time;
    no_descriptor_ = no_descriptor;
    return pulse();
  }

  void a_shortage_of_descriptors_that_lasts_is_a_fault() {
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, after(0s, true));
    CPPUNIT_ASSERT_EQUAL(Kind::kDescriptors, after(1s, true));
    CPPUNIT_ASSERT_EQUAL(Kind::kDescriptors, round("ss"));
    CPPUNIT_ASSERT_EQUAL(Kind::kDescriptors, after(1s, false));
    CPPUNIT_ASSERT_EQUAL(Kind::kDescriptors, after(1s, true));
    CPPUNIT_ASSERT_EQUAL(Kind::kDescriptors, after(1s, false));
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, after(2s, false));
  }

  void a_shortage_that_passes_is_none() {
    for (int i = 0; i < 5; ++i) {
      CPPUNIT_ASSERT_EQUAL(Kind::kNone, after(900ms, true));
      CPPUNIT_ASSERT_EQUAL(Kind::kNone, after(900ms, false));
    }
  }

  void many_results_without_room_are_a_shortage() {
    fleet_.results = 20;
    fleet_.overloaded = 10;
    after(0s, false);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, after(5s, false));
    fleet_.overloaded = 11;
    after(0s, false);
    CPPUNIT_ASSERT_EQUAL(Kind::kDescriptors, after(5s, false));
    fleet_ = {};
    after(0s, false);
    CPPUNIT_ASSERT_EQUAL(Kind::kNone, after(5s, false));
  }

  void a_round_that_could_not_be_asked_says_nothing() {
    round("aa");
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(Kind::kNone, round("ns"));
    all_canaries_silent_twice_is_a_lost_network();
    for (int i = 0; i < 3; ++i) CPPUNIT_ASSERT_EQUAL(Kind::kNetwork, round("na"));
  }

  TimePoint now_{1h};
  PulseCounts fleet_;
  bool no_descriptor_ = false;
  FaultJudge::Verdict verdict_;
  std::optional<FaultJudge> judge_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FaultJudgeTest);
}  // namespace muster
