#include "plugins/icmp/echo_message.h"

#include <cppunit/extensions/HelperMacros.h>

#include "plugins/icmp/round_trips.h"
#include "tests/support/captured_report.h"

namespace muster {
using icmp_probe::EchoFormat;
using icmp_probe::RoundTrips;

class EchoMessageTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EchoMessageTest);
  CPPUNIT_TEST(a_request_has_a_checksum);
  CPPUNIT_TEST(only_an_answer_to_us_is_one);
  CPPUNIT_TEST(takes_an_ip_header_off);
  CPPUNIT_TEST(measures_loss_and_jitter);
  CPPUNIT_TEST_SUITE_END();

  using Bytes = std::vector<std::uint8_t>;
  static constexpr EchoFormat kFormat{false, 0x1234, {1, 2, 3, 4, 5, 6, 7, 8}, 17};

  void a_request_has_a_checksum() {
    const Bytes message = echo_request(kFormat, 0x0102);
    CPPUNIT_ASSERT_EQUAL(std::size_t{25}, message.size());
    CPPUNIT_ASSERT(message[0] == 8 && message[6] == 1 && message[7] == 2);
    // Over all of it, its own included, it sums up to ones.
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < message.size(); ++i) sum += message[i] << (i % 2 == 0 ? 8 : 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    CPPUNIT_ASSERT_EQUAL(std::uint32_t{0xffff}, sum);
  }

  static std::optional<std::uint16_t> read(Bytes message, EchoFormat format = kFormat) {
    return read_echo_reply(format, message);
  }

  void only_an_answer_to_us_is_one() {
    Bytes message = echo_request(kFormat, 7);
    CPPUNIT_ASSERT(!read(message));
    message[0] = 0;
    CPPUNIT_ASSERT(read(message) == 7);
    Bytes other = message;
    other[9] ^= 1;
    CPPUNIT_ASSERT(!read(other));
    CPPUNIT_ASSERT(!read(Bytes(message.begin(), message.end() - 1)));
    CPPUNIT_ASSERT(!read({}));
    EchoFormat six = kFormat;
    six.six = true;
    CPPUNIT_ASSERT(!read(message, six));
    message[0] = 129;
    CPPUNIT_ASSERT(read(message, six) == 7);
  }

  void takes_an_ip_header_off() {
    Bytes packet(30);
    packet[0] = 0x46;
    CPPUNIT_ASSERT_EQUAL(std::size_t{6}, icmp_probe::without_ip_header(packet).size());
    packet[0] = 0x4f;
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, icmp_probe::without_ip_header(packet).size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, icmp_probe::without_ip_header({}).size());
  }

  void measures_loss_and_jitter() {
    const icmp_probe::IcmpConfig config(
        R"({"family":"any","count":4,"size":56,"interval":"1s","wait":"1s",)"
        R"("loss_warning":20,"round_trip_critical":"10ms"})");
    RoundTrips trips(4);
    for (std::uint16_t i = 0; i < 4; ++i) trips.sent(i, 1000);
    trips.answered(0, 10'001'000);
    trips.answered(0, 99'000'000);  // twice
    trips.answered(2, 20'001'000);
    trips.answered(9, 1000);
    trips.answered(3, 15'001'000);
    CPPUNIT_ASSERT_EQUAL(25.0, trips.loss_percent());
    CPPUNIT_ASSERT(!trips.complete());
    probes::Report report;
    trips.judge(config, report);
    const auto found = test::CapturedReport::of(report);
    CPPUNIT_ASSERT_EQUAL(std::string("round trip: answers take too long; loss: answers are lost"),
                         found.message);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, found.status);
    CPPUNIT_ASSERT_EQUAL(0.01, found.metrics.at("round_trip_min_seconds"));
    CPPUNIT_ASSERT_EQUAL(0.015, found.metrics.at("round_trip_avg_seconds"));
    CPPUNIT_ASSERT_EQUAL(0.02, found.metrics.at("round_trip_max_seconds"));
    CPPUNIT_ASSERT_DOUBLES_EQUAL(0.0075, found.metrics.at("round_trip_jitter_seconds"), 1e-12);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EchoMessageTest);
}  // namespace muster
