#include "common/net/packet_link.h"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include "common/net/event_loop.h"

namespace muster {

class PacketLinkTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PacketLinkTest);
  CPPUNIT_TEST(records_of_one_turn_are_one_packet);
  CPPUNIT_TEST(the_largest_record_arrives_whole);
  CPPUNIT_TEST(says_why_it_does_not_send);
  CPPUNIT_TEST(hears_once_that_the_other_end_is_gone);
  CPPUNIT_TEST(an_empty_packet_is_an_end);
  CPPUNIT_TEST(a_packet_that_is_too_long_is_an_end);
  CPPUNIT_TEST_SUITE_END();

  using Sent = PacketLink::Sent;

 public:
  void setUp() override {
    int ends[2];
    CPPUNIT_ASSERT_EQUAL(0, ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
    link_ = std::make_unique<PacketLink>(
        loop_, UniqueFd(ends[0]),
        [this](std::string_view packet) { packets_.emplace_back(packet); }, [this] { ++closed_; });
    other_ = UniqueFd(ends[1]);
  }

 private:
  std::string receive() const {
    std::string room(2 * PacketLink::kMostPacketBytes, '\0');
    const ssize_t got = ::recv(other_.get(), room.data(), room.size(), MSG_DONTWAIT);
    room.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return room;
  }

  void say(std::size_t bytes) {
    const int room = PacketLink::kMostPacketBytes;
    ::setsockopt(other_.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    const std::string packet(bytes, 'x');
    CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(bytes),
                         ::send(other_.get(), packet.data(), packet.size(), 0));
    loop_.poll();
  }

  void records_of_one_turn_are_one_packet() {
    CPPUNIT_ASSERT(link_->send("one,") == Sent::kYes);
    CPPUNIT_ASSERT(link_->send("two") == Sent::kYes);
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(std::string("one,two"), receive());
    say(3);
    CPPUNIT_ASSERT(packets_ == std::vector<std::string>{"xxx"});
  }

  void the_largest_record_arrives_whole() {
    CPPUNIT_ASSERT(link_->send(std::string(PacketLink::kMostPacketBytes, 'x')) == Sent::kYes);
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(PacketLink::kMostPacketBytes, receive().size());
    say(PacketLink::kMostPacketBytes);
    CPPUNIT_ASSERT_EQUAL(PacketLink::kMostPacketBytes, packets_.at(0).size());
  }

  void says_why_it_does_not_send() {
    const std::string most(PacketLink::kMostPacketBytes, 'x');
    CPPUNIT_ASSERT(link_->send(most + "x") == Sent::kTooLarge);
    for (std::size_t i = 0; i < PacketLink::kMostWaitingBytes / most.size(); ++i) {
      CPPUNIT_ASSERT(link_->send(most) == Sent::kYes);
    }
    CPPUNIT_ASSERT(link_->send("x") == Sent::kFull);
    other_ = UniqueFd();
    loop_.poll();
    CPPUNIT_ASSERT(link_->send("x") == Sent::kClosed);
  }

  void hears_once_that_the_other_end_is_gone() {
    other_ = UniqueFd();
    loop_.poll();
    loop_.poll();
    CPPUNIT_ASSERT_EQUAL(1, closed_);
  }

  void an_empty_packet_is_an_end() {
    say(0);
    CPPUNIT_ASSERT_EQUAL(1, closed_);
    CPPUNIT_ASSERT(packets_.empty());
  }

  void a_packet_that_is_too_long_is_an_end() {
    say(PacketLink::kMostPacketBytes + 1);
    CPPUNIT_ASSERT_EQUAL(1, closed_);
    CPPUNIT_ASSERT(packets_.empty());
  }

  const SystemClock clock_;
  EventLoop loop_{"test", clock_};
  UniqueFd other_;
  std::vector<std::string> packets_;
  int closed_ = 0;
  std::unique_ptr<PacketLink> link_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PacketLinkTest);
}  // namespace muster
