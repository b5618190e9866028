#include "tests/simfleet/stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>

namespace muster::sim {
namespace {

using Kind = IoResult::Kind;

IoResult plain_result(ssize_t count) {
  if (count > 0) return {Kind::kBytes, static_cast<std::size_t>(count)};
  if (count == 0) return {Kind::kEnd};
  return {errno == EAGAIN || errno == EINTR ? Kind::kBlocked : Kind::kFailed};
}

}  // namespace

IoResult Stream::tls_result(int count) {
  if (count > 0) return {Kind::kBytes, static_cast<std::size_t>(count)};
  switch (::SSL_get_error(ssl_.get(), count)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {Kind::kBlocked};
    case SSL_ERROR_ZERO_RETURN:
      return {Kind::kEnd};
    default:
      return {Kind::kFailed};
  }
}

IoResult Stream::read(std::span<char> buffer) {
  if (!ssl_) return read_raw(buffer);
  ::ERR_clear_error();
  return tls_result(::SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size())));
}

IoResult Stream::read_raw(std::span<char> buffer) {
  return plain_result(::recv(fd(), buffer.data(), buffer.size(), 0));
}

IoResult Stream::write(std::string_view bytes) {
  if (!ssl_) return plain_result(::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  ::ERR_clear_error();
  return tls_result(::SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

void Stream::end_writing() {
  if (ssl_ && tls_is_up()) {
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_.get());
  }
  ::shutdown(fd(), SHUT_WR);
}

void Stream::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

}  // namespace muster::sim
