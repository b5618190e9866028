#include "tests/support/tls_server.h"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace muster::test {
namespace {

// SSL_write() and SSL_shutdown() know no MSG_NOSIGNAL.
void ignore_broken_pipes() {
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

TlsServer::TlsServer(TestIdentity identity, const Options& options)
    : identity_(std::move(identity)), options_(options) {
  ignore_broken_pipes();
  make_context();
  listen();
  acceptor_ = std::thread([this] { accept_all(); });
}

TlsServer::~TlsServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::string TlsServer::asked_name() const {
  const std::lock_guard lock(mutex_);
  return asked_name_;
}

void TlsServer::make_context() {
  context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_security_level(context, 0);  // or OpenSSL would not speak TLS 1.1 at all
  SSL_CTX_set_min_proto_version(context, options_.version);
  SSL_CTX_set_max_proto_version(context, options_.version);
  SSL_CTX_set_tlsext_servername_callback(context, &TlsServer::on_server_name);
  SSL_CTX_set_tlsext_servername_arg(context, this);
  if (SSL_CTX_use_certificate(context, identity_.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, identity_.key.get()) != 1) {
    throw std::runtime_error("the TLS server cannot use its certificate");
  }
  if (!options_.client_authority.empty()) demand_certificates();
}

void TlsServer::demand_certificates() {
  const std::string& pem = options_.client_authority;
  BIO* const memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  const TestX509 authority(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr));
  BIO_free(memory);
  SSL_CTX* const context = context_.get();
  if (!authority || X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) {
    throw std::runtime_error("the TLS server cannot use the clients' authority");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  const unsigned char name[] = "muster test";  // or OpenSSL would resume no session
  SSL_CTX_set_session_id_context(context, name, sizeof name);
}

void TlsServer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("the TLS server cannot listen");
  }
  port_ = ntohs(address.sin_port);
}

int TlsServer::on_server_name(SSL* ssl, int*, void* self) {
  auto& server = *static_cast<TlsServer*>(self);
  const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const std::lock_guard lock(server.mutex_);
  server.asked_name_ = name == nullptr ? "" : name;
  return SSL_TLSEXT_ERR_OK;
}

void TlsServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(fd);
      return;
    }
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void TlsServer::serve(int fd) {
  if (options_.handshake != Handshake::kFinish) {
    shake_hands_halfway(fd);
  } else {
    SSL* const ssl = SSL_new(context_.get());
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
      const bool resumed = SSL_session_reused(ssl) == 1;
      ++(resumed ? resumed_ : full_);
      if (!resumed && SSL_get0_peer_certificate(ssl) != nullptr) ++shown_;
      answer(ssl);
    }
    SSL_free(ssl);
  }
  const std::lock_guard lock(mutex_);
  open_.remove(fd);
  ::close(fd);
}

void TlsServer::shake_hands_halfway(int fd) const {
  char hello[4096];
  if (::recv(fd, hello, sizeof hello, 0) <= 0) return;
  if (options_.handshake == Handshake::kHang) {
    while (::recv(fd, hello, sizeof hello, 0) > 0) continue;
  }
  if (options_.handshake == Handshake::kReset) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
}

void TlsServer::answer(SSL* ssl) {
  const bool keep = options_.then == Then::kKeepAlive;
  const std::string bytes = std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n") +
                            (keep ? "" : "Connection: close\r\n") + "\r\n{}";
  std::string request;
  char buffer[4096];
  do {
    int count = 0;
    while (request.find("\r\n\r\n") == std::string::npos &&
           (count = SSL_read(ssl, buffer, sizeof buffer)) > 0) {
      request.append(buffer, static_cast<std::size_t>(count));
    }
    if (count <= 0 || SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) <= 0) return;
    request.clear();
  } while (keep);
  if (options_.then == Then::kClose) SSL_shutdown(ssl);
}

}  // namespace muster::test
