#include "agent-shim/tls_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace muster::shim {
namespace {

bool is_ip(const std::string& host) {
  unsigned char buffer[16];
  return ::inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

std::string reason() {
  const char* text = ERR_reason_error_string(ERR_peek_last_error());
  return text == nullptr ? "TLS failed" : std::string("TLS: ") + text;
}

bool expect_name(SSL* ssl, const std::string& name) {
  if (is_ip(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

}  // namespace

void SslFree::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}
void SslFree::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

Result<TlsContext> TlsContext::client(const std::filesystem::path& ca_file) {
  Pointer context(SSL_CTX_new(TLS_client_method()));
  if (!context) return fail(ErrorCode::kInternal, reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // The system's hashed directory is looked up by name: only what is needed is ever loaded.
  const int trusted = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                      : SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  if (trusted != 1) return fail(ErrorCode::kInvalid, ca_file.string() + ": " + reason());
  return TlsContext(std::move(context), true);
}

Result<TlsContext> TlsContext::server(const std::filesystem::path& certificate,
                                      const std::filesystem::path& key) {
  Pointer context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(ErrorCode::kInternal, reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return fail(ErrorCode::kInvalid, certificate.string() + ": " + reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return fail(ErrorCode::kInvalid, key.string() + ": " + reason());
  }
  return TlsContext(std::move(context), false);
}

Result<SslPointer> TlsContext::session(int socket, const std::string& server_name) const {
  SslPointer ssl(SSL_new(context_.get()));
  if (!ssl || SSL_set_fd(ssl.get(), socket) != 1) return fail(ErrorCode::kInternal, reason());
  SSL_set_mode(ssl.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!client_) {
    SSL_set_accept_state(ssl.get());
    return ssl;
  }
  SSL_set_connect_state(ssl.get());
  if (!expect_name(ssl.get(), server_name)) return fail(ErrorCode::kInternal, reason());
  return ssl;
}

std::string tls_error(const ssl_st* ssl) {
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict == X509_V_OK) return reason();
  return std::string("certificate: ") + X509_verify_cert_error_string(verdict);
}

}  // namespace muster::shim
