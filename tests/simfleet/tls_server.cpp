#include "tests/simfleet/tls_server.h"

#include <openssl/err.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace muster::sim {
namespace {

constexpr unsigned char kSessionContext[] = "simfleet";

// What may stand in a subjectAltName without meaning anything there.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

// The connection's own data is its local address.
void* as_data(Ipv4 address) {
  return reinterpret_cast<void*>(std::uintptr_t{address});
}

Ipv4 local_address(const SSL* ssl) {
  return static_cast<Ipv4>(reinterpret_cast<std::uintptr_t>(SSL_get_app_data(ssl)));
}

}  // namespace

TlsServer::TlsServer(std::vector<CertificateRule> rules)
    : rules_(std::move(rules)), context_(::SSL_CTX_new(::TLS_server_method())) {
  if (!context_) throw std::runtime_error("OpenSSL makes no TLS context");
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  // Sessions live in tickets, so that a large fleet costs no memory here.
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_session_id_context(context_.get(), kSessionContext, sizeof kSessionContext - 1);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_cert_cb(context_.get(), choose_certificate, this);
}

Stream::SslPointer TlsServer::accept(int fd, Ipv4 local) {
  Stream::SslPointer ssl(::SSL_new(context_.get()));
  if (!ssl || ::SSL_set_fd(ssl.get(), fd) != 1) return nullptr;
  SSL_set_app_data(ssl.get(), as_data(local));
  ::SSL_set_accept_state(ssl.get());
  return ssl;
}

int TlsServer::choose_certificate(SSL* ssl, void* server) {
  const char* const name = ::SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return static_cast<TlsServer*>(server)->set_certificate(ssl, local_address(ssl), name) ? 1 : 0;
}

bool TlsServer::set_certificate(SSL* ssl, Ipv4 local, const char* server_name) {
  const CertificateKind* const rule = first_match(rules_, local);
  CertificateKind kind = rule != nullptr ? *rule : CertificateKind::kGood;
  std::string names = "IP:" + address_text(local) + ",DNS:localhost";
  if (server_name != nullptr && is_plain_name(server_name)) {
    const std::string_view name = server_name;
    names += ",DNS:" + std::string(name);
    if (const auto named = certificate_kind(name.substr(0, name.find('.')))) kind = *named;
  }
  const CertificatePointer certificate = certificates_.find(kind, names);
  return certificate && ::SSL_use_certificate(ssl, certificate.get()) == 1 &&
         ::SSL_use_PrivateKey(ssl, certificates_.server_key()) == 1;
}

}  // namespace muster::sim
