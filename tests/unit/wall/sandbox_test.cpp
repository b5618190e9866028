// What holds in a process that has entered the sandbox; each case in a child of its own, because
// there is no way out.
#include "common/wall/sandbox.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace muster {

class SandboxTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SandboxTest);
  CPPUNIT_TEST(keeps_to_the_limits);
  CPPUNIT_TEST(lower_hard_limits_hold);
  CPPUNIT_TEST(another_parent_is_not_the_daemon);
  CPPUNIT_TEST_SUITE_END();

  static void assert_in_child(const std::function<bool()>& holds) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(holds() ? 0 : 1);
    int status = 0;
    CPPUNIT_ASSERT_EQUAL(child, ::waitpid(child, &status, 0));
    CPPUNIT_ASSERT_EQUAL(0, status);
  }

  static rlim_t descriptors() {
    rlimit found{};
    ::getrlimit(RLIMIT_NOFILE, &found);
    return found.rlim_cur;
  }

  void keeps_to_the_limits() {
    assert_in_child([] {
      const auto limits = enter_sandbox(::getppid(), {.descriptors = 123});
      return limits && limits->descriptors == 123 && descriptors() == 123;
    });
  }

  void lower_hard_limits_hold() {
    assert_in_child([] {
      const rlimit low{64, 64};
      ::setrlimit(RLIMIT_NOFILE, &low);
      // Who may raise hard limits would be no test.
      if (::geteuid() == 0 && ::setuid(65534) != 0) return false;
      const auto limits = enter_sandbox(::getppid(), {});
      return limits && limits->descriptors == 64 && descriptors() == 64;
    });
  }

  void another_parent_is_not_the_daemon() {
    assert_in_child([] {
      const auto refused = enter_sandbox(::getppid() + 1, {});
      return !refused && refused.error().message == "the daemon is gone";
    });
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SandboxTest);
}  // namespace muster
