// Messages of DNS (RFC 1035): a question as bytes, and an answer read. Pure; every length is
// checked and what can be repeated is capped. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dns_probe {

inline constexpr std::uint16_t kMostDatagram = 1232;  // as EDNS says we take (DNS flag day 2020)

struct Question {
  std::uint16_t id = 0;
  std::string name;  // "shop.example"; "" or "." is the root
  std::uint16_t type = 0;
  bool recursion = true;
  bool dnssec = false;  // asks for signatures to be checked (AD)
};

struct Record {
  std::string name;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  std::string text;  // of the data, as in a zone file: "10 mx.example"
};

struct Answer {
  int rcode = 0;
  bool truncated = false;
  bool authoritative = false;
  bool authenticated = false;   // AD
  std::vector<Record> records;  // of the answer section
};

// "A", "AAAA", ...; nothing for a type that we do not read.
std::optional<std::uint16_t> type_of(std::string_view name);
std::string name_of_rcode(int rcode);  // "NXDOMAIN"; "RCODE 42"

// Nothing when `name` is no name.
std::optional<std::string> to_bytes(const Question& question);

// Nothing when it is no answer to this very question.
std::optional<Answer> read_answer(std::string_view bytes, const Question& question);

// "4.3.2.1.in-addr.arpa" of 1.2.3.4; nothing when it is no address.
std::optional<std::string> reverse_name(const std::string& address);

}  // namespace dns_probe
