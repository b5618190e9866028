// The bytes of one accepted connection, plain or inside TLS; never blocks. Belongs to one event
// loop's connection.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "common/base/unique_fd.h"

namespace muster::sim {

struct IoResult {
  enum class Kind { kBytes, kBlocked, kEnd, kFailed };
  Kind kind;
  std::size_t bytes = 0;
};

class Stream {
 public:
  struct SslDeleter {
    void operator()(SSL* ssl) const { ::SSL_free(ssl); }
  };
  using SslPointer = std::unique_ptr<SSL, SslDeleter>;

  // `ssl` may be null: a plain connection.
  Stream(UniqueFd fd, SslPointer ssl) : fd_(std::move(fd)), ssl_(std::move(ssl)) {}

  IoResult read(std::span<char> buffer);      // does the TLS handshake, too
  IoResult read_raw(std::span<char> buffer);  // what is on the wire, whatever it is
  IoResult write(std::string_view bytes);
  void end_writing();
  void close() { fd_ = UniqueFd(); }
  void reset();  // RST instead of FIN

  void drop_tls() { ssl_.reset(); }  // speaks plainly from here on

  int fd() const { return fd_.get(); }
  bool is_tls() const { return ssl_ != nullptr; }
  bool tls_is_up() const { return ::SSL_is_init_finished(ssl_.get()) == 1; }
  bool tls_resumed() const { return ::SSL_session_reused(ssl_.get()) == 1; }

 private:
  IoResult tls_result(int count);

  UniqueFd fd_;
  SslPointer ssl_;
};

}  // namespace muster::sim
