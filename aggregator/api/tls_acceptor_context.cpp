#include "aggregator/api/tls_acceptor_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 10s;

// OpenSSL's words quote no key.
tl::unexpected<Error> unusable(const std::filesystem::path& file) {
  const char* const why = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return fail(ErrorCode::kInvalid,
              file.string() + ": " + (why != nullptr ? why : "cannot be used for TLS"));
}

// Instead of OpenSSL's own, which would ask on the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

void configure(SSL_CTX* native) {
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // clients keep tickets
  SSL_CTX_set_default_passwd_cb(native, &no_password);
}

std::string stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return "none";
  return std::to_string(found.st_ino) + ':' + std::to_string(found.st_size) + ':' +
         std::to_string(found.st_mtim.tv_sec) + '.' + std::to_string(found.st_mtim.tv_nsec);
}

}  // namespace

TlsAcceptorContext::TlsAcceptorContext(std::filesystem::path certificate, std::filesystem::path key,
                                       TimePoint now)
    : certificate_(std::move(certificate)), key_(std::move(key)), looked_at_(now) {}

Result<std::unique_ptr<TlsAcceptorContext>> TlsAcceptorContext::open(
    std::filesystem::path certificate, std::filesystem::path key, TimePoint now) {
  std::unique_ptr<TlsAcceptorContext> made(
      new TlsAcceptorContext(std::move(certificate), std::move(key), now));
  made->stamp_ = made->stamp();
  auto loaded = made->load();
  if (!loaded) return fail(loaded.error());
  made->context_ = std::move(*loaded);
  return made;
}

const TlsAcceptorContext::Context& TlsAcceptorContext::current(TimePoint now) {
  if (now - looked_at_ >= kLookEvery) {
    looked_at_ = now;
    if (stamp() != stamp_) reload();
  }
  return context_;
}

// The stamp is taken first: what changes while it is read is read again.
void TlsAcceptorContext::reload() {
  stamp_ = stamp();
  auto loaded = load();
  if (!loaded) {
    log::error("api.certificate_refused", {{"error", loaded.error().message}});
    return;
  }
  context_ = std::move(*loaded);
  log::info("api.certificate_loaded", {{"file", certificate_.string()}});
}

Result<TlsAcceptorContext::Context> TlsAcceptorContext::load() const {
  auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  configure(native);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(native, certificate_.c_str()) != 1) {
    return unusable(certificate_);
  }
  // Also when it is not the certificate's.
  if (SSL_CTX_use_PrivateKey_file(native, key_.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable(key_);
  }
  return context;
}

std::string TlsAcceptorContext::stamp() const {
  return stamp_of(certificate_) + ' ' + stamp_of(key_);
}

}  // namespace muster
