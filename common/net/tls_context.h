// How Muster speaks TLS as a client: 1.2 or newer, peers always verified against the system's
// certificate authorities and, if set, a file of more. Immutable, shared by all loops.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/model/failure_reason.h"

namespace muster {

class TlsContext {
 public:
  // `ca_file`: PEM, may be empty.
  static Result<std::shared_ptr<TlsContext>> make(const std::filesystem::path& ca_file);

  boost::asio::ssl::context& native() { return context_; }

 private:
  TlsContext() = default;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
};

// Called during SSL calls on `ssl`, with each session that the server offers to resume. Owns it.
using NewSession = std::function<void(SSL_SESSION*)>;
void collect_sessions(SSL* ssl, const NewSession* collect);  // *collect outlives ssl

// Names the peer in the handshake (SNI, RFC 6066) and asks OpenSSL to verify that name or address.
void expect_peer(SSL* ssl, const std::string& host);

struct TlsFailure {
  FailureReason reason;
  std::string message;
};
TlsFailure describe_tls_failure(SSL* ssl, const std::string& error);

std::int64_t certificate_expiry(SSL* ssl);  // of the peer's certificate, Unix seconds; 0: none

}  // namespace muster
