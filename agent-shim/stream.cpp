#include "agent-shim/stream.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace muster::shim {
namespace {

constexpr std::size_t kMostDrainedBytes = 64 * 1024;

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Stream::Stream(UniqueFd socket) : socket_(std::move(socket)) {
  ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
}

Result<void> Stream::start_tls(const TlsContext& context, const std::string& server_name,
                               const Deadline& deadline) {
  auto ssl = context.session(socket_.get(), server_name);
  if (!ssl) return fail(ssl.error());
  ssl_ = std::move(*ssl);
  while (true) {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(ssl_.get());
    if (outcome == 1) return {};
    if (auto ready = wait_for_tls(outcome, deadline); !ready) return fail(ready.error());
  }
}

Result<std::size_t> Stream::read(char* buffer, std::size_t size, const Deadline& deadline) {
  if (ssl_) return read_tls(buffer, size, deadline);
  while (true) {
    const ssize_t count = ::recv(socket_.get(), buffer, size, 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (!would_block()) return fail_errno("receive");
    if (auto ready = deadline.wait(socket_.get(), POLLIN); !ready) return fail(ready.error());
  }
}

Result<void> Stream::write(std::string_view text, const Deadline& deadline) {
  if (ssl_) return write_tls(text, deadline);
  while (!text.empty()) {
    const ssize_t count = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (!would_block()) return fail_errno("send");
    if (auto ready = deadline.wait(socket_.get(), POLLOUT); !ready) return ready;
  }
  return {};
}

void Stream::finish(const Deadline& deadline) {
  if (ssl_) SSL_shutdown(ssl_.get());
  ::shutdown(socket_.get(), SHUT_WR);
  char ignored[4096];
  for (std::size_t drained = 0; drained < kMostDrainedBytes; drained += sizeof ignored) {
    const ssize_t count = ::recv(socket_.get(), ignored, sizeof ignored, 0);
    if (count == 0) return;
    if (count < 0 && (!would_block() || !deadline.wait(socket_.get(), POLLIN))) return;
  }
}

Result<std::size_t> Stream::read_tls(char* buffer, std::size_t size, const Deadline& deadline) {
  while (true) {
    ERR_clear_error();
    const int count = SSL_read(ssl_.get(), buffer, static_cast<int>(size));
    if (count > 0) return static_cast<std::size_t>(count);
    if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
    if (auto ready = wait_for_tls(count, deadline); !ready) return fail(ready.error());
  }
}

Result<void> Stream::write_tls(std::string_view text, const Deadline& deadline) {
  while (!text.empty()) {
    ERR_clear_error();
    const int count = SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (auto ready = wait_for_tls(count, deadline); !ready) {
      return ready;
    }
  }
  return {};
}

Result<void> Stream::wait_for_tls(int outcome, const Deadline& deadline) {
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return deadline.wait(socket_.get(), POLLIN);
    case SSL_ERROR_WANT_WRITE:
      return deadline.wait(socket_.get(), POLLOUT);
    case SSL_ERROR_SYSCALL:
      return fail(ErrorCode::kUnavailable, "the connection broke off in TLS");
    default:
      return fail(ErrorCode::kUnavailable, tls_error(ssl_.get()));
  }
}

}  // namespace muster::shim
