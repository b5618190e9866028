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
  CPPUNIT_TEST(keeps_its_place_as_long_as_it_is_there);
  CPPUNIT_TEST_SUITE_END();

  std::shared_ptr<BodyPipe> pipe() {
    return std::make_shared<BodyPipe>(10, places_.acquire(1), [this] { ++resumed_; });
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

  void keeps_its_place_as_long_as_it_is_there() {
    auto body = pipe();
    CPPUNIT_ASSERT(!places_.acquire(2));
    body.reset();
    CPPUNIT_ASSERT(places_.acquire(2));
  }

  ConcurrencyLimiter places_{1, 1};
  int resumed_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(BodyPipeTest);
}  // namespace muster
