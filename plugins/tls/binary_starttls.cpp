#include "binary_starttls.h"

#include <algorithm>

namespace tls_probe {

using muster::probes::Move;

namespace {

// What stands behind the BER header of a value with that tag; nothing when it has another.
std::string_view inside(std::string_view value, char tag) {
  if (value.size() < 2 || value.front() != tag) return {};
  const auto size = static_cast<unsigned char>(value[1]);
  const std::size_t header = size < 0x80 ? 2 : 2 + (size & 0x7fU);
  return value.substr(std::min(header, value.size()));
}

}  // namespace

Move BinaryStarttls::next() {
  if (failure_) return Move::end();
  switch (at_) {
    case At::kQuestion:
      at_ = At::kAnswer;
      return Move::send(question());
    case At::kAnswer:
      return Move::read();
    case At::kAgreed:
      at_ = At::kTls;
      return Move::start_tls();
    case At::kTls:
      break;
  }
  return Move::end();
}

void BinaryStarttls::heard(std::string_view bytes) {
  if (bytes.empty()) fail(kEnded);
  heard_ += bytes;
  const std::size_t size = answer_size(heard_);
  if (failure_ || size == 0 || heard_.size() < size) return;
  if (const char* const refusal = judge(std::string_view(heard_).substr(0, size))) {
    fail(refusal);
  } else if (heard_.size() > size) {
    fail(kTooMuch);
  }
  at_ = At::kAgreed;
}

std::string PostgresStarttls::question() const {
  return std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8);
}

// An error is a longer message; its first letter says enough.
std::size_t PostgresStarttls::answer_size(std::string_view begun) const {
  return begun.starts_with('S') ? 1 : begun.size();
}

const char* PostgresStarttls::judge(std::string_view answer) const {
  if (answer.front() == 'S') return nullptr;
  return answer.front() == 'N' ? "the server does not offer TLS" : "the server refuses to talk";
}

std::string LdapStarttls::question() const {
  // LDAPMessage { 1, extendedReq { requestName } }
  return std::string("\x30\x1d\x02\x01\x01\x77\x18\x80\x16", 9) + "1.3.6.1.4.1.1466.20037";
}

// A BER header: a tag, and the length in one byte or in as many as the first says.
std::size_t LdapStarttls::answer_size(std::string_view begun) const {
  if (begun.size() < 2) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(begun[i]); };
  if (byte(1) < 0x80) return 2 + std::size_t{byte(1)};
  const std::size_t count = byte(1) & 0x7fU;
  if (count == 0 || count > 4) return begun.size();  // not LDAP; judge() says so
  if (begun.size() < 2 + count) return 0;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8 | byte(2 + i);
  return 2 + count + length;
}

// { 1, extendedResp { resultCode, ... } }
const char* LdapStarttls::judge(std::string_view answer) const {
  constexpr std::string_view kNumberOne("\x02\x01\x01", 3);
  constexpr std::string_view kSuccess("\x0a\x01\x00", 3);
  constexpr const char* kNotLdap = "the server does not speak LDAP";
  const std::string_view message = inside(answer, '\x30');
  if (!message.starts_with(kNumberOne)) return kNotLdap;
  const std::string_view response = inside(message.substr(kNumberOne.size()), '\x78');
  if (response.empty()) return kNotLdap;
  return response.starts_with(kSuccess) ? nullptr : "the server refuses TLS";
}

}  // namespace tls_probe
