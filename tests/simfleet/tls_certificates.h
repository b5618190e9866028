// The certificates of the fleet, made in memory: an authority at start, and for each address or
// server name a certificate of the kind that is asked for, at first use. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "common/base/result.h"
#include "tests/simfleet/certificate_kind.h"
#include "tests/simfleet/openssl_pointers.h"

namespace muster::sim {

class TlsCertificates {
 public:
  TlsCertificates();

  // `names` is a subjectAltName such as "IP:127.0.0.1,DNS:localhost". Null when OpenSSL does not
  // like it.
  CertificatePointer find(CertificateKind kind, const std::string& names);

  EVP_PKEY* server_key() const { return server_key_.get(); }
  std::string authority_pem() const;

 private:
  using Key = std::pair<CertificateKind, std::string>;

  CertificatePointer issue(CertificateKind kind, const std::string& names) const;

  const KeyPointer authority_key_;
  const KeyPointer server_key_;
  const CertificatePointer authority_;
  std::mutex mutex_;
  std::map<Key, CertificatePointer> issued_;
};

}  // namespace muster::sim
