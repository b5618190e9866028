// One TLS connection's view of its peer: who it must be, what it offers and asks for, and what went
// wrong with it. Functions on OpenSSL's connection; called on its loop.
#pragma once

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/model/failure_reason.h"

namespace muster {

// Makes the connections of a context tell of new sessions and of certificates that servers ask for.
void watch_peers(SSL_CTX* context);

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

// Of a connection that broke before its first answer. With TLS 1.3 the server judges our side after
// the handshake is over for us, so its refusal comes as a broken connection. Nothing: it is none.
std::optional<TlsFailure> describe_tls_refusal(SSL* ssl, const boost::system::error_code& error);

std::int64_t certificate_expiry(SSL* ssl);  // of the peer's certificate, Unix seconds; 0: none

}  // namespace muster
