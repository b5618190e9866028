// Reads a DNS message from its front to its end. After the first thing that is not there or not
// true, good() is false and everything else is empty. Borrows the bytes; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dns_probe {

class DnsReader {
 public:
  explicit DnsReader(std::string_view bytes) : bytes_(bytes) {}

  bool good() const { return good_; }
  std::size_t left() const { return bytes_.size() - at_; }

  std::uint16_t u16();
  std::uint32_t u32();
  std::string name();  // "mx.example", "." for the root; compressed or not
  void skip(std::size_t count);
  // Of a record of that type, as in a zone file; nothing where we do not know it.
  std::string data(std::uint16_t type, std::size_t size);

 private:
  unsigned char byte();
  std::string_view take(std::size_t count);
  std::string known_data(std::uint16_t type, std::size_t size);
  std::string address(int family, std::size_t size);
  std::string texts(std::size_t size);
  std::string start_of_authority();
  std::string service();

  const std::string_view bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace dns_probe
