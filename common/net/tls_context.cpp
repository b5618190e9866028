#include "common/net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <ctime>

namespace muster {
namespace ssl = boost::asio::ssl;
namespace {

int collector_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
  const auto* collect = static_cast<const NewSession*>(SSL_get_ex_data(ssl, collector_index()));
  if (collect == nullptr) return 0;
  (*collect)(session);
  return 1;  // the session is ours now
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::make(const std::filesystem::path& ca_file) {
  std::shared_ptr<TlsContext> made(new TlsContext);
  SSL_CTX* const native = made->context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  // A server that ends its answer by closing without close_notify is common and harmless here:
  // the HTTP parser knows whether the answer was whole.
  SSL_CTX_set_options(native, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // some 30 kB less for an idle connection
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(native, &on_new_session);
  if (SSL_CTX_set_default_verify_paths(native) != 1) {
    return fail(ErrorCode::kInternal, "cannot load the system's certificate authorities");
  }
  if (!ca_file.empty() && SSL_CTX_load_verify_locations(native, ca_file.c_str(), nullptr) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kInvalid,
                ca_file.string() + ": not a readable PEM file of certificates");
  }
  return made;
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
      return {FailureReason::kTlsFailed, "TLS handshake failed: " + error};
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

std::int64_t certificate_expiry(SSL* ssl) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl),
                                                                &X509_free);
  std::tm time{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) return 0;
  return ::timegm(&time);
}

}  // namespace muster
