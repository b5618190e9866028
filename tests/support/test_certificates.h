// A certificate authority in memory that issues what a TLS test needs, good and bad. Its programs
// link OpenSSL::SSL themselves (by muster_net). Immutable after construction, one thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace muster::test {

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using TestKey = std::unique_ptr<EVP_PKEY, FreeOpenssl>;
using TestX509 = std::unique_ptr<X509, FreeOpenssl>;

struct TestIdentity {
  TestKey key;
  TestX509 certificate;
  std::int64_t expires_at = 0;  // Unix seconds
};

class TestCertificates {
 public:
  using Seconds = std::chrono::seconds;

  TestCertificates();

  // `names` as subjectAltName: "DNS:localhost,IP:127.0.0.1"; valid in [now + from, now + to].
  TestIdentity issue(const std::string& names, Seconds from, Seconds to) const;
  TestIdentity good(const std::string& names = "DNS:localhost,IP:127.0.0.1") const;
  static TestIdentity self_signed(const std::string& names = "DNS:localhost,IP:127.0.0.1");

  std::string authority_pem() const { return certificate_pem(authority_); }
  static std::string certificate_pem(const TestIdentity& identity);
  static std::string key_pem(const TestIdentity& identity);

 private:
  TestIdentity authority_;
};

}  // namespace muster::test
