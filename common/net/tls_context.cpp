#include "common/net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "common/base/pem.h"
#include "common/net/tls_context_cache.h"
#include "common/net/tls_peer.h"

namespace muster {
namespace {

// Our own part in what OpenSSL refuses; its words quote no key.
tl::unexpected<Error> unusable(const std::string& what) {
  const char* const why = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return fail(ErrorCode::kInvalid, what + (why != nullptr ? std::string(": ") + why : ""));
}

}  // namespace

TlsContext::TlsContext(std::string name)
    : name_(std::move(name)),
      cache_(name_.empty() ? std::make_unique<TlsContextCache>() : nullptr) {
  SSL_CTX* const native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  // A server that ends its answer by closing without close_notify is common and harmless here:
  // the HTTP parser knows whether the answer was whole.
  SSL_CTX_set_options(native, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // some 30 kB less for an idle connection
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  watch_peers(native);
}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::make(const std::filesystem::path& ca_file) {
  std::shared_ptr<TlsContext> made(new TlsContext({}));
  SSL_CTX* const native = made->context_.native_handle();
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

Result<std::shared_ptr<TlsContext>> TlsContext::for_server(const TlsIdentity& identity) {
  return cache_->find_or_make(identity, [&](std::string name) -> TlsContextCache::Made {
    std::shared_ptr<TlsContext> made(new TlsContext(std::move(name)));
    SSL_CTX* const native = made->context_.native_handle();
    // The daemon's authorities are hundreds and take a megabyte: they are shared, not loaded again.
    SSL_CTX_set1_cert_store(native, SSL_CTX_get_cert_store(context_.native_handle()));
    if (auto trusted = made->trust(identity.ca_pem); !trusted) return fail(trusted.error());
    if (auto shown = made->show(identity); !shown) return fail(shown.error());
    return made;
  });
}

Result<void> TlsContext::trust(const std::string& ca_pem) {
  if (ca_pem.empty()) return {};
  const auto authorities = read_certificates(ca_pem);
  if (!authorities) return fail(authorities.error().in("ca_pem"));
  X509_STORE* const store = X509_STORE_new();
  SSL_CTX_set_cert_store(context_.native_handle(), store);  // takes it over
  // What the server's owner named is trusted, be it an intermediate or the server's own.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  for (const CertificatePointer& authority : *authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return unusable("ca_pem");
  }
  return {};
}

Result<void> TlsContext::show(const TlsIdentity& identity) {
  if (identity.certificate_pem.empty()) return {};
  const auto chain = read_certificates(identity.certificate_pem);
  if (!chain) return fail(chain.error().in("client_certificate_pem"));
  if (identity.key_pem.empty()) {  // the database's could not be opened
    return fail(ErrorCode::kInvalid, "client_key_pem: is not readable; set it anew");
  }
  const auto key = read_private_key(identity.key_pem);
  if (!key) return fail(key.error().in("client_key_pem"));
  SSL_CTX* const native = context_.native_handle();
  if (SSL_CTX_use_certificate(native, chain->front().get()) != 1) {
    return unusable("client_certificate_pem");
  }
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(native, (*chain)[i].get()) != 1) {
      return unusable("client_certificate_pem");
    }
  }
  if (SSL_CTX_use_PrivateKey(native, key->get()) != 1) return unusable("client_key_pem");
  return {};
}

}  // namespace muster
