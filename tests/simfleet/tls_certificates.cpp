#include "tests/simfleet/tls_certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace muster::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostIssued = 100'000;  // names come from outside

// From now, in seconds.
struct Validity {
  std::chrono::seconds begin = -24h;
  std::chrono::seconds end = 24h * 365;
};

Validity validity(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::kExpired:
      return {-24h * 60, -24h};
    case CertificateKind::kExpiring:
      return {-24h * 60, 24h * 5 + 1h};  // "5 days left" for an hour to come
    default:
      return {};
  }
}

KeyPointer make_key() {
  KeyPointer key(::EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("OpenSSL makes no P-256 key");
  return key;
}

bool add_extension(X509* certificate, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  if (extension == nullptr) return false;
  const bool added = ::X509_add_ext(certificate, extension, -1) == 1;
  ::X509_EXTENSION_free(extension);
  return added;
}

void set_name(X509_NAME* name, const std::string& common_name) {
  const auto* const text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
}

void set_serial(X509* certificate) {
  std::uint64_t serial = 0;
  ::RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ::ASN1_INTEGER_set_uint64(::X509_get_serialNumber(certificate), serial >> 1 | 1);
}

CertificatePointer make_unsigned(const std::string& common_name, EVP_PKEY* key, Validity valid) {
  CertificatePointer certificate(::X509_new());
  ::X509_set_version(certificate.get(), X509_VERSION_3);
  set_serial(certificate.get());
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), valid.begin.count());
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), valid.end.count());
  ::X509_set_pubkey(certificate.get(), key);
  set_name(::X509_get_subject_name(certificate.get()), common_name);
  return certificate;
}

CertificatePointer make_authority(EVP_PKEY* key) {
  CertificatePointer authority =
      make_unsigned("Simulated fleet authority", key, {-24h * 90, 24h * 3650});
  ::X509_set_issuer_name(authority.get(), ::X509_get_subject_name(authority.get()));
  if (!add_extension(authority.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !add_extension(authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      ::X509_sign(authority.get(), key, ::EVP_sha256()) == 0) {
    throw std::runtime_error("OpenSSL makes no authority");
  }
  return authority;
}

}  // namespace

TlsCertificates::TlsCertificates()
    : authority_key_(make_key()),
      server_key_(make_key()),
      authority_(make_authority(authority_key_.get())) {}

CertificatePointer TlsCertificates::find(CertificateKind kind, const std::string& names) {
  const std::lock_guard lock(mutex_);
  auto known = issued_.find({kind, names});
  if (known == issued_.end()) {
    CertificatePointer made = issue(kind, names);
    if (!made) {
      ::ERR_clear_error();
      return nullptr;
    }
    if (issued_.size() >= kMostIssued) issued_.clear();
    known = issued_.emplace(Key{kind, names}, std::move(made)).first;
  }
  ::X509_up_ref(known->second.get());
  return CertificatePointer(known->second.get());
}

CertificatePointer TlsCertificates::issue(CertificateKind kind, const std::string& names) const {
  const bool by_itself = kind == CertificateKind::kSelfSigned;
  CertificatePointer certificate =
      make_unsigned("Simulated server", server_key_.get(), validity(kind));
  X509* const issuer = by_itself ? certificate.get() : authority_.get();
  ::X509_set_issuer_name(certificate.get(), ::X509_get_subject_name(issuer));
  const std::string shown = kind == CertificateKind::kWrongName ? "DNS:wrong.example" : names;
  const bool made =
      add_extension(certificate.get(), NID_subject_alt_name, shown) &&
      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
      ::X509_sign(certificate.get(), by_itself ? server_key_.get() : authority_key_.get(),
                  ::EVP_sha256()) != 0;
  return made ? std::move(certificate) : nullptr;
}

std::string TlsCertificates::authority_pem() const {
  const std::unique_ptr<BIO, OpensslDeleter<::BIO_free_all>> bio(::BIO_new(::BIO_s_mem()));
  ::PEM_write_bio_X509(bio.get(), authority_.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace muster::sim
