// Echo requests and their answers (RFC 792, RFC 4443), which are recognised by a token of the run's
// own in their data. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace icmp_probe {

struct EchoFormat {
  bool six = false;  // ICMPv6, whose checksum the kernel writes
  std::uint16_t id = 0;
  std::array<std::uint8_t, 8> token{};
  std::size_t size = 56;  // bytes of data, at least the token's
};

std::vector<std::uint8_t> echo_request(const EchoFormat& format, std::uint16_t sequence);

// The sequence of an answer to one of ours; nothing for all else. The id is not looked at, because
// the kernel gives a datagram socket another one.
std::optional<std::uint16_t> read_echo_reply(const EchoFormat& format,
                                             std::span<const std::uint8_t> message);

// What is behind the IPv4 header with which a raw socket gives a message.
std::span<const std::uint8_t> without_ip_header(std::span<const std::uint8_t> packet);

}  // namespace icmp_probe
