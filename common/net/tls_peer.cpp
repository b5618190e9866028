#include "common/net/tls_peer.h"

#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <ctime>

namespace muster {
namespace {

int collector_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

// Where there is anything at this index, the server asked for a certificate in vain.
int asked_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
  const auto* collect = static_cast<const NewSession*>(SSL_get_ex_data(ssl, collector_index()));
  if (collect == nullptr) return 0;
  (*collect)(session);
  return 1;  // the session is ours now
}

// Only called when there is no certificate to show.
int on_certificate_asked(SSL* ssl, X509**, EVP_PKEY**) {
  SSL_set_ex_data(ssl, asked_index(), ssl);
  return 0;
}

TlsFailure refusal(SSL* ssl, const std::string& what) {
  if (SSL_get_ex_data(ssl, asked_index()) == nullptr) return {FailureReason::kTlsFailed, what};
  return {FailureReason::kTlsFailed,
          what +
              "; it asks for a client certificate, and there is none for it "
              "(tls.client_certificate_pem)"};
}

}  // namespace

void watch_peers(SSL_CTX* context) {
  SSL_CTX_sess_set_new_cb(context, &on_new_session);
  SSL_CTX_set_client_cert_cb(context, &on_certificate_asked);
}

void collect_sessions(SSL* ssl, const NewSession* collect) {
  SSL_set_ex_data(ssl, collector_index(), const_cast<NewSession*>(collect));
}

void expect_peer(SSL* ssl, const std::string& host) {
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl, host.c_str());
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl, host.c_str());
}

TlsFailure describe_tls_failure(SSL* ssl, const std::string& error) {
  const long verdict = SSL_get_verify_result(ssl);
  const std::string why = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_OK:
      return refusal(ssl, "TLS handshake failed: " + error);
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {FailureReason::kTlsExpired, "TLS: " + why};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {FailureReason::kTlsWrongName, "TLS: the certificate is for another name: " + why};
    default:
      return {FailureReason::kTlsUntrusted, "TLS: the certificate is not trusted: " + why};
  }
}

std::optional<TlsFailure> describe_tls_refusal(SSL* ssl, const boost::system::error_code& error) {
  const bool alert = error.category() == boost::asio::error::get_ssl_category();
  // A server may also close without a word on who does not show what it asked for.
  if (!alert && SSL_get_ex_data(ssl, asked_index()) == nullptr) return std::nullopt;
  return refusal(ssl, "TLS: the server ended the connection: " + error.message());
}

std::int64_t certificate_expiry(SSL* ssl) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl),
                                                                &X509_free);
  std::tm time{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) return 0;
  return ::timegm(&time);
}

}  // namespace muster
