#include "tests/support/dialogue_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace muster::test {
namespace {

void say(int fd, SSL* tls, const std::string& bytes) {
  if (bytes.empty()) return;
  if (tls != nullptr) {
    SSL_write(tls, bytes.data(), static_cast<int>(bytes.size()));
  } else {
    ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
}

std::string hear(int fd, SSL* tls) {
  char buffer[4096];
  const ssize_t count =
      tls != nullptr ? SSL_read(tls, buffer, sizeof buffer) : ::recv(fd, buffer, sizeof buffer, 0);
  return {buffer, static_cast<std::size_t>(count > 0 ? count : 0)};
}

}  // namespace

DialogueServer::DialogueServer(std::string greeting, Script script,
                               std::optional<TestIdentity> identity)
    : greeting_(std::move(greeting)), script_(std::move(script)) {
  ::signal(SIGPIPE, SIG_IGN);  // SSL_write() knows no MSG_NOSIGNAL
  if (identity) make_context(*identity);
  listen();
  thread_ = std::thread([this] { accept_all(); });
}

DialogueServer::~DialogueServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  ::shutdown(open_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void DialogueServer::make_context(const TestIdentity& identity) {
  context_.reset(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate(context_.get(), identity.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), identity.key.get()) != 1) {
    throw std::runtime_error("the dialogue server cannot use its certificate");
  }
}

void DialogueServer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("the dialogue server cannot listen");
  }
  port_ = ntohs(address.sin_port);
}

void DialogueServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    open_ = fd;
    if (!stopping_) serve(fd);
    open_ = -1;
    ::close(fd);
  }
}

void DialogueServer::serve(int fd) {
  Tls tls;
  say(fd, nullptr, greeting_);
  for (std::string heard = hear(fd, nullptr); !heard.empty(); heard = hear(fd, tls.get())) {
    const DialogueAnswer answer = script_(heard);
    say(fd, tls.get(), answer.bytes);
    if (answer.then == DialogueAnswer::Then::kClose) return;
    if (answer.then == DialogueAnswer::Then::kStartTls && !start_tls(fd, tls)) return;
  }
}

bool DialogueServer::start_tls(int fd, Tls& tls) {
  tls.reset(SSL_new(context_.get()));
  SSL_set_fd(tls.get(), fd);
  return SSL_accept(tls.get()) == 1;
}

}  // namespace muster::test
