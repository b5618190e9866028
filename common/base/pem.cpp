#include "common/base/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>

namespace muster {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Memory = std::unique_ptr<BIO, FreeBio>;

Memory reading(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string written(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

tl::unexpected<Error> refused(std::string why) {
  ERR_clear_error();
  return fail(ErrorCode::kInvalid, std::move(why));
}

// One block between BEGIN and END. What it leaves behind may be a key, so it is wiped.
struct Block {
  ~Block() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  }
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
};

bool at_end() {
  return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

Result<CertificatePointer> certificate_in(const Block& block, std::size_t number) {
  const std::string place = "block " + std::to_string(number);
  if (std::string(block.name) != "CERTIFICATE") {
    return refused(place + " is no certificate; only CERTIFICATE blocks may stand here");
  }
  const unsigned char* bytes = block.bytes;
  CertificatePointer certificate(d2i_X509(nullptr, &bytes, block.size));
  if (!certificate || bytes != block.bytes + block.size) {
    return refused(place + " is damaged: it does not decode as a certificate");
  }
  return certificate;
}

// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

void FreePem::operator()(x509_st* certificate) const {
  X509_free(certificate);
}

void FreePem::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

Result<Certificates> read_certificates(const std::string& pem) {
  ERR_clear_error();
  const Memory memory = reading(pem);
  Certificates certificates;
  while (true) {
    Block block;
    if (PEM_read_bio(memory.get(), &block.name, &block.header, &block.bytes, &block.size) != 1) {
      break;
    }
    auto certificate = certificate_in(block, certificates.size() + 1);
    if (!certificate) return fail(certificate.error());
    certificates.push_back(std::move(*certificate));
  }
  if (!at_end()) {
    return refused("block " + std::to_string(certificates.size() + 1) + " is damaged PEM");
  }
  if (certificates.empty()) return refused("holds no -----BEGIN CERTIFICATE----- block");
  ERR_clear_error();
  return certificates;
}

Result<PrivateKeyPointer> read_private_key(const Secret& pem) {
  const Memory memory = reading(pem.reveal());
  bool asked = false;
  PrivateKeyPointer key(PEM_read_bio_PrivateKey(memory.get(), nullptr, &no_passphrase, &asked));
  if (asked) {
    return refused("is behind a passphrase; give it without one (openssl pkey -in FILE)");
  }
  if (!key) return refused("holds no private key in PEM, or a damaged one");
  ERR_clear_error();
  return key;
}

std::string to_pem(const Certificates& certificates) {
  const Memory memory(BIO_new(BIO_s_mem()));
  for (const CertificatePointer& certificate : certificates) {
    PEM_write_bio_X509(memory.get(), certificate.get());
  }
  return written(memory.get());
}

bool fits(const x509_st& certificate, const evp_pkey_st& key) {
  const bool fitting = X509_check_private_key(&certificate, &key) == 1;
  ERR_clear_error();
  return fitting;
}

WallTime expiry_of(const x509_st& certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &time) != 1) return {};
  return WallTime(std::chrono::seconds(::timegm(&time)));
}

std::string subject_of(const x509_st& certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  constexpr unsigned long kUtf8 =
      XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  X509_NAME_print_ex(memory.get(), X509_get_subject_name(&certificate), 0, kUtf8);
  return written(memory.get());
}

}  // namespace muster
