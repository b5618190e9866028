// One GET /health over TLS: what verification says of the server's certificate, and whether a
// session was resumed. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/simfleet/openssl_pointers.h"

namespace muster::test {

class TlsVisitor {
 public:
  struct Visit {
    long verdict = -1;  // X509_V_...
    bool resumed = false;
    int days_left = 0;
    std::string answer;
  };

  // Trusts the authority in this file alone, and speaks this version of TLS.
  TlsVisitor(const std::string& ca_file, int version);

  // Without a server name the certificate must be for the address. A session that an earlier visit
  // got is offered.
  Visit visit(const std::string& address, std::uint16_t port, const std::string& server_name = "");

 private:
  using SessionPointer = std::unique_ptr<SSL_SESSION, sim::OpensslDeleter<::SSL_SESSION_free>>;

  sim::SslContextPointer context_;
  SessionPointer session_;
};

}  // namespace muster::test
