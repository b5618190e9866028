#include "starttls.h"

#include "binary_starttls.h"
#include "line_starttls.h"

namespace tls_probe {
namespace {

using muster::probes::Move;

class Nothing final : public Starttls {
 public:
  Move next() override { return Move::end(); }
  void heard(std::string_view) override {}
};

const std::vector<LineStarttls::Exchange> kSmtp{
    // A line may also be its code alone (RFC 5321, 4.2).
    {"", "220", "220-", ""},
    {"EHLO muster.invalid\r\n", "250", "250-", "STARTTLS"},
    {"STARTTLS\r\n", "220", "220-", ""},
};
const std::vector<LineStarttls::Exchange> kImap{
    {"", "* OK", "", ""},
    {"a1 STARTTLS\r\n", "a1 OK", "* ", ""},
};
const std::vector<LineStarttls::Exchange> kPop3{
    {"", "+OK", "", ""},
    {"STLS\r\n", "+OK", "", ""},
};

}  // namespace

std::shared_ptr<Starttls> make_starttls(const std::string& protocol) {
  if (protocol == "smtp") return std::make_shared<LineStarttls>(kSmtp);
  if (protocol == "imap") return std::make_shared<LineStarttls>(kImap);
  if (protocol == "pop3") return std::make_shared<LineStarttls>(kPop3);
  if (protocol == "postgres") return std::make_shared<PostgresStarttls>();
  if (protocol == "ldap") return std::make_shared<LdapStarttls>();
  return std::make_shared<Nothing>();
}

}  // namespace tls_probe
