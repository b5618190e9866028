#include "tests/simfleet/playback.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/simfleet/hostile_bodies.h"
#include "tests/simfleet/scripts.h"

namespace muster {
using namespace sim;
using namespace std::chrono_literals;
using What = Move::What;

class PlaybackTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PlaybackTest);
  CPPUNIT_TEST(sends_the_content_in_whatever_portions);
  CPPUNIT_TEST(waits_before_a_slow_answer);
  CPPUNIT_TEST(drips_a_byte_a_second);
  CPPUNIT_TEST(stops_in_mid_body);
  CPPUNIT_TEST(the_huge_body_is_as_long_as_it_says);
  CPPUNIT_TEST(the_endless_ones_do_not_end);
  CPPUNIT_TEST_SUITE_END();

  // The end of "head\r\n\r\nbody" is 12 bytes in; the middle of its body is 10.
  static constexpr std::string_view kContent = "head\r\n\r\nbody";

  static Playback play(const char* behaviour) {
    Playback playback;
    playback.start(make_script(*parse_behaviour(behaviour)), kContent);
    return playback;
  }

  // Sends in portions of at most so many bytes until something else is to be done.
  static std::size_t send_all(Playback& playback, std::size_t portion, std::size_t enough) {
    std::size_t total = 0;
    while (playback.next().what == What::kSend && total < enough) {
      const std::size_t bytes = std::min(portion, playback.next().bytes.size());
      playback.sent(bytes);
      total += bytes;
    }
    return total;
  }

  void sends_the_content_in_whatever_portions() {
    for (const std::size_t portion : {1, 5, 100}) {
      Playback playback = play("healthy");
      CPPUNIT_ASSERT_EQUAL(kContent.size(), send_all(playback, portion, 1000));
      CPPUNIT_ASSERT(playback.next().what == What::kDone);
    }
  }

  void waits_before_a_slow_answer() {
    Playback playback = play("slow:250");
    CPPUNIT_ASSERT(playback.next().what == What::kWait && playback.next().wait == 250ms);
    playback.waited();
    CPPUNIT_ASSERT_EQUAL(std::string(kContent), std::string(playback.next().bytes));
  }

  void drips_a_byte_a_second() {
    Playback playback = play("drip");
    std::string got;
    while (playback.next().what == What::kSend) {
      got += playback.next().bytes;
      playback.sent(1);
      if (playback.next().what == What::kDone) break;
      CPPUNIT_ASSERT(playback.next().what == What::kWait && playback.next().wait == 1s);
      playback.waited();
    }
    CPPUNIT_ASSERT_EQUAL(std::string(kContent), got);
  }

  void stops_in_mid_body() {
    Playback reset = play("reset");
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, send_all(reset, 4, 1000));
    CPPUNIT_ASSERT(reset.next().what == What::kReset);
    Playback close = play("close");
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, send_all(close, 4, 1000));
    CPPUNIT_ASSERT(close.next().what == What::kClose);
  }

  void the_huge_body_is_as_long_as_it_says() {
    Playback playback = play("huge");
    const std::string begin(playback.next().bytes);
    const std::size_t head = begin.find("\r\n\r\n") + 4;
    const std::size_t sent = send_all(playback, kHugeBytes, 2 * kHugeBytes);
    CPPUNIT_ASSERT(begin.find("Content-Length: " + std::to_string(sent - head) + "\r\n") !=
                   std::string::npos);
    CPPUNIT_ASSERT(playback.next().what == What::kDone);
  }

  void the_endless_ones_do_not_end() {
    for (const char* behaviour : {"endless", "endless-headers"}) {
      Playback playback = play(behaviour);
      CPPUNIT_ASSERT(send_all(playback, 1 << 20, 100'000'000) >= 100'000'000);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PlaybackTest);
}  // namespace muster
