#include "tests/support/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <stdexcept>

namespace muster::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kDay = 24h;

void check(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("no test certificate: ") + what);
}

void extend(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  check(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void name_subject(X509* certificate, const char* common_name) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
}

// Everything but names, extensions and signature.
TestIdentity draft(const char* common_name, std::time_t from, std::time_t to) {
  TestIdentity made{TestKey(EVP_EC_gen("P-256")), TestX509(X509_new()), to};
  check(made.key && made.certificate, "no memory");
  X509* const certificate = made.certificate.get();
  std::uint32_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate), from);
  ASN1_TIME_set(X509_getm_notAfter(certificate), to);
  X509_set_pubkey(certificate, made.key.get());
  name_subject(certificate, common_name);
  return made;
}

// Two authorities of one name would be taken for each other.
std::string unique_name() {
  std::uint32_t number = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
  return "Muster test authority " + std::to_string(number);
}

void sign(TestIdentity& identity, const X509_NAME* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(identity.certificate.get(), issuer);
  check(X509_sign(identity.certificate.get(), key, EVP_sha256()) > 0, "not signed");
}

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Memory = std::unique_ptr<BIO, FreeBio>;

std::string text_of(const Memory& memory) {
  const char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::time_t in(std::chrono::seconds offset) {
  return std::time(nullptr) + offset.count();
}

}  // namespace

TestCertificates::TestCertificates()
    : authority_(draft(unique_name().c_str(), in(-kDay), in(3650 * kDay))) {
  X509* const certificate = authority_.certificate.get();
  extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  sign(authority_, X509_get_subject_name(certificate), authority_.key.get());
}

TestIdentity TestCertificates::issue(const std::string& names, Seconds from, Seconds to) const {
  TestIdentity leaf = draft("leaf", in(from), in(to));
  extend(leaf.certificate.get(), NID_subject_alt_name, names);
  sign(leaf, X509_get_subject_name(authority_.certificate.get()), authority_.key.get());
  return leaf;
}

TestIdentity TestCertificates::good(const std::string& names) const {
  return issue(names, -kDay, 90 * kDay);
}

TestIdentity TestCertificates::self_signed(const std::string& names) {
  TestIdentity leaf = draft("leaf", in(-kDay), in(90 * kDay));
  extend(leaf.certificate.get(), NID_subject_alt_name, names);
  sign(leaf, X509_get_subject_name(leaf.certificate.get()), leaf.key.get());
  return leaf;
}

std::string TestCertificates::certificate_pem(const TestIdentity& identity) {
  const Memory memory(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(memory.get(), identity.certificate.get()) == 1, "not written");
  return text_of(memory);
}

std::string TestCertificates::key_pem(const TestIdentity& identity) {
  const Memory memory(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey(memory.get(), identity.key.get(), nullptr, nullptr, 0, nullptr,
                                 nullptr) == 1,
        "key not written");
  return text_of(memory);
}

}  // namespace muster::test
