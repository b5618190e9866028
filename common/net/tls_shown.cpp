#include "common/net/tls_shown.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

namespace muster {
namespace {

int shown_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

std::int64_t unix_time(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  if (!out) return {};
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string text_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(name.d.dNSName)),
            static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName))};
  }
  if (name.type != GEN_IPADD) return {};
  const int size = ASN1_STRING_length(name.d.iPAddress);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (size != 4 && size != 16) return {};
  ::inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name.d.iPAddress), text.data(),
              text.size());
  return text.data();
}

std::string alternative_names(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::string text;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = text_of(*sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) text += name + '\n';
  }
  return text;
}

std::string fingerprint(X509* certificate) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

TlsShown describe(X509* own, STACK_OF(X509) * chain) {
  TlsShown shown;
  shown.chain_length = static_cast<std::size_t>(std::max(1, sk_X509_num(chain)));
  shown.not_before = unix_time(X509_get0_notBefore(own));
  shown.not_after = shown.chain_not_after = unix_time(X509_get0_notAfter(own));
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    shown.chain_not_after =
        std::min(shown.chain_not_after, unix_time(X509_get0_notAfter(sk_X509_value(chain, i))));
  }
  shown.subject = text_of(X509_get_subject_name(own));
  shown.issuer = text_of(X509_get_issuer_name(own));
  shown.names = alternative_names(own);
  shown.sha256 = fingerprint(own);
  return shown;
}

// Called for each certificate of the chain; OpenSSL's verdict stands.
int on_verify(int verdict, X509_STORE_CTX* store) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const shown = static_cast<TlsShown*>(SSL_get_ex_data(ssl, shown_index()));
  X509* const own = X509_STORE_CTX_get0_cert(store);
  if (shown != nullptr && own != nullptr && shown->chain_length == 0) {
    *shown = describe(own, X509_STORE_CTX_get0_untrusted(store));
  }
  return verdict;
}

}  // namespace

void note_chain(SSL* ssl, TlsShown* shown) {
  SSL_set_ex_data(ssl, shown_index(), shown);
  SSL_set_verify(ssl, SSL_get_verify_mode(ssl), &on_verify);
}

void note_agreement(SSL* ssl, TlsShown& shown) {
  SSL_set_ex_data(ssl, shown_index(), nullptr);
  shown.version = SSL_get_version(ssl);
  const char* const cipher = SSL_get_cipher_name(ssl);
  shown.cipher = cipher != nullptr ? cipher : "";
}

}  // namespace muster
