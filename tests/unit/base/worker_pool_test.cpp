#include "common/base/worker_pool.h"

#include <cppunit/extensions/HelperMacros.h>
#include <pthread.h>

#include <atomic>
#include <future>
#include <optional>

namespace muster {

class WorkerPoolTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WorkerPoolTest);
  CPPUNIT_TEST(runs_what_it_takes);
  CPPUNIT_TEST(says_no_when_all_are_busy_and_as_many_wait);
  CPPUNIT_TEST(without_a_thread_nothing_is_taken);
  CPPUNIT_TEST(with_too_few_threads_it_takes_longer);
  CPPUNIT_TEST_SUITE_END();

  // While it lives the system has no room for another thread's stack.
  class NoThreads {
   public:
    NoThreads() {
      ::pthread_getattr_default_np(&usual_);
      pthread_attr_t huge;
      ::pthread_attr_init(&huge);
      ::pthread_attr_setstacksize(&huge, std::size_t{1} << 46);
      ::pthread_setattr_default_np(&huge);
      ::pthread_attr_destroy(&huge);
    }
    ~NoThreads() {
      ::pthread_setattr_default_np(&usual_);
      ::pthread_attr_destroy(&usual_);
    }

   private:
    pthread_attr_t usual_{};
  };

  void runs_what_it_takes() {
    std::atomic<int> ran{0};
    {
      WorkerPool pool(4);
      for (int i = 0; i < 4; ++i) CPPUNIT_ASSERT(pool.submit([&] { ++ran; }));
    }
    CPPUNIT_ASSERT_EQUAL(4, ran.load());
  }

  void says_no_when_all_are_busy_and_as_many_wait() {
    std::promise<void> begun;
    std::promise<void> go_on;
    WorkerPool pool(1);
    CPPUNIT_ASSERT(pool.submit([&] {
      begun.set_value();
      go_on.get_future().get();
    }));
    begun.get_future().get();
    CPPUNIT_ASSERT(pool.submit([] {}));
    CPPUNIT_ASSERT(!pool.submit([] {}));
    go_on.set_value();
  }

  void without_a_thread_nothing_is_taken() {
    std::atomic<int> ran{0};
    {
      WorkerPool pool(2);
      {
        const NoThreads none;
        CPPUNIT_ASSERT(!pool.submit([&] { ++ran; }));
      }
      CPPUNIT_ASSERT(pool.submit([&] { ran += 10; }));
    }
    CPPUNIT_ASSERT_EQUAL(10, ran.load());
  }

  void with_too_few_threads_it_takes_longer() {
    std::promise<void> begun;
    std::promise<void> go_on;
    std::atomic<int> ran{0};
    {
      WorkerPool pool(2);
      CPPUNIT_ASSERT(pool.submit([&] {
        begun.set_value();
        go_on.get_future().get();
      }));
      begun.get_future().get();
      const NoThreads none;
      CPPUNIT_ASSERT(pool.submit([&] { ++ran; }));
      go_on.set_value();
    }
    CPPUNIT_ASSERT_EQUAL(1, ran.load());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WorkerPoolTest);
}  // namespace muster
