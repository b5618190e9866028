#include "dns_reader.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace dns_probe {
namespace {

// What would be mistaken for something else, or is no text at all.
void append_label(std::string& name, std::string_view label) {
  for (const char c : label) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '.' || c == '\\') name += '\\';
    name += byte < 0x21 || byte > 0x7e ? '?' : c;
  }
  name += '.';
}

}  // namespace

unsigned char DnsReader::byte() {
  const std::string_view taken = take(1);
  return taken.empty() ? 0 : static_cast<unsigned char>(taken.front());
}

std::uint16_t DnsReader::u16() {
  const unsigned high = byte();
  return static_cast<std::uint16_t>(high << 8 | byte());
}

std::uint32_t DnsReader::u32() {
  const std::uint32_t high = u16();
  return high << 16 | u16();
}

std::string_view DnsReader::take(std::size_t count) {
  if (!good_ || count > left()) {
    good_ = false;
    return {};
  }
  at_ += count;
  return bytes_.substr(at_ - count, count);
}

void DnsReader::skip(std::size_t count) {
  take(count);
}

// A pointer leads to before the place where its name began, so no chain of them is endless.
std::string DnsReader::name() {
  std::string name;
  std::size_t resume = 0;  // behind the first pointer
  std::size_t begin = at_;
  for (unsigned length = byte(); good_ && length != 0; length = byte()) {
    if (length < 64) {
      append_label(name, take(length));
      good_ = good_ && name.size() <= 1024;
      continue;
    }
    const std::size_t target = (length & 0x3fU) << 8 | byte();
    if (length < 192 || target >= begin) good_ = false;
    if (!good_) break;
    if (resume == 0) resume = at_;
    begin = at_ = target;
  }
  if (resume != 0) at_ = resume;
  if (!good_) return {};
  if (name.empty()) return ".";
  name.pop_back();
  return name;
}

std::string DnsReader::data(std::uint16_t type, std::size_t size) {
  const std::size_t end = at_ + size;
  if (size > left()) good_ = false;
  std::string text = good_ ? known_data(type, size) : std::string();
  if (at_ != end) good_ = false;
  return good_ ? text : std::string();
}

std::string DnsReader::known_data(std::uint16_t type, std::size_t size) {
  switch (type) {
    case 1:
      return address(AF_INET, size);
    case 28:
      return address(AF_INET6, size);
    case 2:   // NS
    case 5:   // CNAME
    case 12:  // PTR
      return name();
    case 15: {  // MX
      const std::string preference = std::to_string(u16());
      return preference + " " + name();
    }
    case 16:
      return texts(size);
    case 6:
      return start_of_authority();
    case 33:
      return service();
    default:
      break;
  }
  skip(size);
  return {};
}

std::string DnsReader::address(int family, std::size_t size) {
  const std::string_view octets = take(size);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (size != (family == AF_INET ? 4 : 16)) good_ = false;
  if (!good_) return {};
  ::inet_ntop(family, octets.data(), text.data(), text.size());
  return text.data();
}

// The strings of a TXT record are one text (RFC 7208, 3.3, and others that use them).
std::string DnsReader::texts(std::size_t size) {
  const std::size_t end = at_ + size;
  std::string text;
  while (good_ && at_ < end) text += take(byte());
  return text;
}

std::string DnsReader::start_of_authority() {
  const std::string server = name();
  const std::string mailbox = name();
  std::string text = server + " " + mailbox;
  for (int i = 0; i < 5; ++i) text += " " + std::to_string(u32());
  return text;
}

std::string DnsReader::service() {
  std::string text;
  for (int i = 0; i < 3; ++i) text += std::to_string(u16()) + " ";
  return text + name();
}

}  // namespace dns_probe
