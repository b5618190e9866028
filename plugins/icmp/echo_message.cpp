#include "echo_message.h"

#include <algorithm>

namespace icmp_probe {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::uint8_t kRequest4 = 8, kReply4 = 0, kRequest6 = 128, kReply6 = 129;

void put16(std::vector<std::uint8_t>& message, std::size_t at, std::uint16_t number) {
  message[at] = static_cast<std::uint8_t>(number >> 8);
  message[at + 1] = static_cast<std::uint8_t>(number);
}

// RFC 1071.
std::uint16_t checksum(std::span<const std::uint8_t> message) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < message.size(); ++i) {
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(message[i]) << 8 : message[i];
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

std::vector<std::uint8_t> echo_request(const EchoFormat& format, std::uint16_t sequence) {
  std::vector<std::uint8_t> message(kHeaderBytes + std::max(format.size, format.token.size()));
  message[0] = format.six ? kRequest6 : kRequest4;
  put16(message, 4, format.id);
  put16(message, 6, sequence);
  std::copy(format.token.begin(), format.token.end(), message.begin() + kHeaderBytes);
  if (!format.six) put16(message, 2, checksum(message));
  return message;
}

std::optional<std::uint16_t> read_echo_reply(const EchoFormat& format,
                                             std::span<const std::uint8_t> message) {
  if (message.size() < kHeaderBytes + std::max(format.size, format.token.size()) ||
      message[0] != (format.six ? kReply6 : kReply4) || message[1] != 0 ||
      !std::equal(format.token.begin(), format.token.end(), message.begin() + kHeaderBytes)) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(message[6] << 8 | message[7]);
}

std::span<const std::uint8_t> without_ip_header(std::span<const std::uint8_t> packet) {
  if (packet.empty()) return packet;
  return packet.subspan(std::min<std::size_t>((packet[0] & 0x0f) * 4U, packet.size()));
}

}  // namespace icmp_probe
