// The TLS side of the fleet: one context for all addresses, so that sessions resume; the
// certificate is chosen by server name, else by address. Thread-safe once made.
#pragma once

#include <string>
#include <vector>

#include "tests/simfleet/openssl_pointers.h"
#include "tests/simfleet/rules.h"
#include "tests/simfleet/stream.h"
#include "tests/simfleet/tls_certificates.h"

namespace muster::sim {

class TlsServer {
 public:
  explicit TlsServer(std::vector<CertificateRule> rules);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  // A connection that has yet to shake hands.
  Stream::SslPointer accept(int fd, Ipv4 local);

  std::string authority_pem() const { return certificates_.authority_pem(); }

 private:
  static int choose_certificate(SSL* ssl, void* server);
  bool set_certificate(SSL* ssl, Ipv4 local, const char* server_name);

  const std::vector<CertificateRule> rules_;
  TlsCertificates certificates_;
  SslContextPointer context_;
};

}  // namespace muster::sim
