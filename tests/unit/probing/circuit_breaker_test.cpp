#include "aggregator/probing/circuit_breaker.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CircuitBreakerTest);
  CPPUNIT_TEST(opens_after_failures_in_a_row);
  CPPUNIT_TEST(one_answer_starts_the_count_again);
  CPPUNIT_TEST(stays_closed_until_the_state_is_decided);
  CPPUNIT_TEST(tries_ever_more_rarely_up_to_the_most);
  CPPUNIT_TEST(half_open_lets_one_through);
  CPPUNIT_TEST(an_answer_closes_it);
  CPPUNIT_TEST(a_trial_put_off_is_made_again_after_the_same_delay);
  CPPUNIT_TEST_SUITE_END();

  void result(bool answered, bool decided = true) {
    breaker_.on_result(answered, decided, now_, settings_, random_);
  }
  void open() {
    for (int i = 0; i < settings_.failures; ++i) result(false);
  }

  // How long it takes until a check is let through again.
  Duration wait() {
    const TimePoint start = now_;
    while (!breaker_.admits(now_)) now_ += 100ms;
    return now_ - start;
  }

  void opens_after_failures_in_a_row() {
    for (int i = 0; i < 4; ++i) {
      result(false);
      CPPUNIT_ASSERT(breaker_.admits(now_));
    }
    result(false);
    CPPUNIT_ASSERT(breaker_.state() == State::kOpen);
    CPPUNIT_ASSERT(!breaker_.admits(now_));
  }

  void one_answer_starts_the_count_again() {
    for (int i = 0; i < 4; ++i) result(false);
    result(true);
    for (int i = 0; i < 4; ++i) result(false);
    CPPUNIT_ASSERT(breaker_.state() == State::kClosed);
  }

  void stays_closed_until_the_state_is_decided() {
    for (int i = 0; i < 20; ++i) result(false, false);
    CPPUNIT_ASSERT(breaker_.state() == State::kClosed);
    result(false);
    CPPUNIT_ASSERT(breaker_.state() == State::kOpen);
  }

  void tries_ever_more_rarely_up_to_the_most() {
    open();
    for (const auto expected : {30s, 60s, 120s, 240s, 300s, 300s}) {
      const Duration waited = wait();
      CPPUNIT_ASSERT(waited <= expected + 100ms);
      CPPUNIT_ASSERT(waited >= expected * 9 / 10);
      result(false);
    }
  }

  void half_open_lets_one_through() {
    open();
    wait();
    CPPUNIT_ASSERT(breaker_.state() == State::kHalfOpen);
    CPPUNIT_ASSERT(!breaker_.admits(now_ + 1h));
  }

  void an_answer_closes_it() {
    open();
    wait();
    result(true);
    CPPUNIT_ASSERT(breaker_.state() == State::kClosed);
    CPPUNIT_ASSERT(breaker_.admits(now_));
    open();
    CPPUNIT_ASSERT(wait() <= 31s);  // the delay starts from the first again
  }

  void a_trial_put_off_is_made_again_after_the_same_delay() {
    breaker_.put_off(now_);
    CPPUNIT_ASSERT(breaker_.state() == State::kClosed);
    open();
    for (int i = 0; i < 3; ++i) {
      const Duration waited = wait();
      CPPUNIT_ASSERT(waited >= 27s && waited <= 31s);
      breaker_.put_off(now_);
      CPPUNIT_ASSERT(breaker_.state() == State::kOpen);
    }
  }

  TimePoint now_{1h};
  BreakerSettings settings_;
  std::minstd_rand random_{7};
  CircuitBreaker breaker_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CircuitBreakerTest);
}  // namespace muster
