// Asks for TLS in a protocol of bytes: one question, one answer. Pure. Owned by one run.
#pragma once

#include <string>

#include "starttls.h"

namespace tls_probe {

class BinaryStarttls : public Starttls {
 public:
  muster::probes::Move next() final;
  void heard(std::string_view bytes) final;

 protected:
  virtual std::string question() const = 0;
  virtual std::size_t answer_size(std::string_view begun) const = 0;  // 0: more is needed to know
  virtual const char* judge(std::string_view answer) const = 0;       // nullptr: it agrees

 private:
  enum class At { kQuestion, kAnswer, kAgreed, kTls };
  At at_ = At::kQuestion;
  std::string heard_;
};

// PostgreSQL's SSLRequest, answered by one letter.
class PostgresStarttls final : public BinaryStarttls {
  std::string question() const override;
  std::size_t answer_size(std::string_view begun) const override;
  const char* judge(std::string_view answer) const override;
};

// The extended operation StartTLS (RFC 4511, 4.14).
class LdapStarttls final : public BinaryStarttls {
  std::string question() const override;
  std::size_t answer_size(std::string_view begun) const override;
  const char* judge(std::string_view answer) const override;
};

}  // namespace tls_probe
