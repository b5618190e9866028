// Asks for TLS in the middle of a protocol of lines: SMTP (RFC 3207), IMAP (RFC 3501), POP3
// (RFC 2595). Pure. Owned by one run.
#pragma once

#include <string>
#include <vector>

#include "shared/unread.h"
#include "starttls.h"

namespace tls_probe {

class LineStarttls final : public Starttls {
 public:
  struct Exchange {
    std::string_view say;     // nothing: the server begins
    std::string_view wanted;  // how the line begins that ends the answer well
    std::string_view more;    // and one that goes on; tried first
    std::string_view offer;   // a line that must be there, in any case; nothing: none must
  };
  explicit LineStarttls(const std::vector<Exchange>& exchanges) : exchanges_(exchanges) {}

  muster::probes::Move next() override;
  void heard(std::string_view bytes) override;

 private:
  void take_line(std::string_view line);
  bool is_offer(std::string_view line) const;

  const std::vector<Exchange>& exchanges_;
  std::size_t at_ = 0;
  bool said_ = false;     // what the exchange says
  bool offered_ = false;  // what it must offer
  bool began_ = false;    // TLS
  muster::probes::Unread heard_;
};

}  // namespace tls_probe
