#include "common/net/descriptor_wait.h"

#include <cppunit/extensions/HelperMacros.h>
#include <fcntl.h>

#include <optional>

#include "common/base/unique_fd.h"

namespace muster {

class DescriptorWaitTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DescriptorWaitTest);
  CPPUNIT_TEST(tells_what_is_ready);
  CPPUNIT_TEST(a_file_makes_nobody_wait);
  CPPUNIT_TEST(what_cannot_be_waited_for_is_never_ready);
  CPPUNIT_TEST(ends_when_told_to);
  CPPUNIT_TEST(says_nothing_when_dropped);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    int ends[2];
    CPPUNIT_ASSERT_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
    reading_ = UniqueFd(ends[0]);
    writing_ = UniqueFd(ends[1]);
  }

 private:
  void wait(int fd, std::uint32_t events) {
    wait_->start(fd, events, TimePoint::max(), [this](std::uint32_t seen) { seen_ = seen; });
    CPPUNIT_ASSERT_MESSAGE("never from inside", !seen_);
    loop_.poll();
  }

  void tells_what_is_ready() {
    wait(reading_.get(), DescriptorWait::kRead);
    CPPUNIT_ASSERT(!seen_);
    CPPUNIT_ASSERT_EQUAL(ssize_t{1}, ::write(writing_.get(), "x", 1));
    loop_.poll();
    CPPUNIT_ASSERT(seen_ == DescriptorWait::kRead);
  }

  void a_file_makes_nobody_wait() {
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    wait(file.get(), DescriptorWait::kRead);
    CPPUNIT_ASSERT(seen_ == DescriptorWait::kRead);
  }

  void what_cannot_be_waited_for_is_never_ready() {
    const int closed = reading_.get();
    reading_ = UniqueFd();
    wait(closed, DescriptorWait::kRead);
    CPPUNIT_ASSERT(seen_ == 0U);
  }

  void ends_when_told_to() {
    wait(reading_.get(), DescriptorWait::kRead);
    wait_->end();
    loop_.poll();
    CPPUNIT_ASSERT(seen_ == 0U);
  }

  void says_nothing_when_dropped() {
    wait(reading_.get(), DescriptorWait::kRead);
    wait_->drop();
    writing_ = UniqueFd();
    loop_.poll();
    CPPUNIT_ASSERT(!seen_);
  }

  const SystemClock clock_;
  EventLoop loop_{"test", clock_};
  UniqueFd reading_;
  UniqueFd writing_;
  std::optional<std::uint32_t> seen_;
  const std::shared_ptr<DescriptorWait> wait_ = std::make_shared<DescriptorWait>(loop_);
};

CPPUNIT_TEST_SUITE_REGISTRATION(DescriptorWaitTest);
}  // namespace muster
