#include "common/base/bounded_queue.h"

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <thread>

namespace muster {
using namespace std::chrono_literals;

class BoundedQueueTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BoundedQueueTest);
  CPPUNIT_TEST(gives_batches_in_order);
  CPPUNIT_TEST(says_no_when_full_and_leaves_the_item);
  CPPUNIT_TEST(a_closed_queue_can_still_be_emptied);
  CPPUNIT_TEST(waits_no_longer_than_it_may);
  CPPUNIT_TEST(wakes_a_waiting_reader);
  CPPUNIT_TEST(loses_nothing_between_threads);
  CPPUNIT_TEST_SUITE_END();

  void gives_batches_in_order() {
    BoundedQueue<int> queue(10);
    for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT(queue.push(int{i}));
    CPPUNIT_ASSERT(queue.pop_batch(3, 0ms) == (std::vector<int>{0, 1, 2}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, queue.size());
    CPPUNIT_ASSERT(queue.pop_batch(3, 0ms) == (std::vector<int>{3, 4}));
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, queue.capacity());
  }

  void says_no_when_full_and_leaves_the_item() {
    BoundedQueue<std::unique_ptr<int>> queue(1);
    CPPUNIT_ASSERT(queue.push(std::make_unique<int>(1)));
    auto second = std::make_unique<int>(2);
    CPPUNIT_ASSERT(!queue.push(std::move(second)));
    CPPUNIT_ASSERT(second && *second == 2);
    queue.pop_batch(1, 0ms);
    CPPUNIT_ASSERT(queue.push(std::move(second)));
    CPPUNIT_ASSERT(!BoundedQueue<int>(0).push(1));
  }

  void a_closed_queue_can_still_be_emptied() {
    BoundedQueue<int> queue(10);
    queue.push(1);
    CPPUNIT_ASSERT(!queue.drained());
    queue.close();
    CPPUNIT_ASSERT(!queue.push(2));
    CPPUNIT_ASSERT(!queue.drained());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, queue.pop_batch(5, 0ms).size());
    CPPUNIT_ASSERT(queue.drained());
    CPPUNIT_ASSERT(queue.pop_batch(5, 1h).empty());  // nobody waits for what cannot come
  }

  void waits_no_longer_than_it_may() {
    BoundedQueue<int> queue(1);
    CPPUNIT_ASSERT(queue.pop_batch(1, 5ms).empty());
    CPPUNIT_ASSERT(!queue.drained());
  }

  void wakes_a_waiting_reader() {
    BoundedQueue<int> queue(4);
    std::vector<int> got;
    std::thread reader([&] { got = queue.pop_batch(4, 1h); });
    queue.push(7);
    reader.join();
    CPPUNIT_ASSERT(got == std::vector<int>{7});
    std::thread closed([&] { got = queue.pop_batch(4, 1h); });
    queue.close();
    closed.join();
    CPPUNIT_ASSERT(got.empty());
  }

  void loses_nothing_between_threads() {
    constexpr int kEach = 5'000;
    BoundedQueue<int> queue(64);
    const auto write = [&] {
      for (int i = 1; i <= kEach; ++i) {
        while (!queue.push(int{i})) std::this_thread::yield();
      }
    };
    std::thread first(write);
    std::thread second(write);
    std::int64_t sum = 0;
    int count = 0;
    while (count < 2 * kEach) {
      for (const int item : queue.pop_batch(16, 1h)) {
        sum += item;
        ++count;
      }
    }
    first.join();
    second.join();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{kEach} * (kEach + 1), sum);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BoundedQueueTest);
}  // namespace muster
