#include "aggregator/api/body_pipe.h"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

#include "tests/support/must.h"

namespace muster {

class BodyPipeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BodyPipeTest);
  CPPUNIT_TEST(gives_pieces_in_order_and_then_the_end);
  CPPUNIT_TEST(says_when_it_is_full_and_when_no_more);
  CPPUNIT_TEST(waits_for_a_piece);
  CPPUNIT_TEST(a_failure_ends_it_at_once);
  CPPUNIT_TEST(counts_what_is_open);
  CPPUNIT_TEST_SUITE_END();

  std::shared_ptr<BodyPipe> pipe() {
    return std::make_shared<BodyPipe>(10, open_, [this] { ++resumed_; });
  }

  void gives_pieces_in_order_and_then_the_end() {
    const auto body = pipe();
    CPPUNIT_ASSERT(body->push("one"));
    CPPUNIT_ASSERT(body->push("two"));
    body->end();
    body->fail({ErrorCode::kTimeout, "too late to matter"});
    CPPUNIT_ASSERT_EQUAL(std::string("one"), test::must(body->next()));
    CPPUNIT_ASSERT_EQUAL(std::string("two"), test::must(body->next()));
    CPPUNIT_ASSERT(test::must(body->next()).empty());
    CPPUNIT_ASSERT(test::must(body->next()).empty());
  }

  void says_when_it_is_full_and_when_no_more() {
    const auto body = pipe();
    CPPUNIT_ASSERT(body->push("12345"));
    CPPUNIT_ASSERT(!body->push("67890"));
    CPPUNIT_ASSERT(!body->push("1"));
    test::must(body->next());
    CPPUNIT_ASSERT_EQUAL(0, resumed_);  // more than half is still there
    test::must(body->next());
    CPPUNIT_ASSERT_EQUAL(1, resumed_);
    test::must(body->next());
    CPPUNIT_ASSERT_EQUAL(1, resumed_);
    CPPUNIT_ASSERT(body->push("1"));
  }

  void waits_for_a_piece() {
    const auto body = pipe();
    std::string got;
    std::thread reader([&] { got = test::must(body->next()); });
    body->push("late");
    reader.join();
    CPPUNIT_ASSERT_EQUAL(std::string("late"), got);
  }

  void a_failure_ends_it_at_once() {
    const auto body = pipe();
    body->push("lost");
    body->fail({ErrorCode::kTimeout, "too slow"});
    const auto next = body->next();
    CPPUNIT_ASSERT(!next);
    CPPUNIT_ASSERT(next.error().code == ErrorCode::kTimeout);
  }

  void counts_what_is_open() {
    auto one = pipe();
    auto two = pipe();
    CPPUNIT_ASSERT_EQUAL(2, open_.load());
    one.reset();
    CPPUNIT_ASSERT_EQUAL(1, open_.load());
  }

  std::atomic<int> open_{0};
  int resumed_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(BodyPipeTest);
}  // namespace muster
