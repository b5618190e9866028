// What a server shows in a TLS handshake: its certificates, whether they were believed or not, and
// what was agreed. A value; filled in during the handshake on its loop.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <string>

namespace muster {

struct TlsShown {
  std::size_t chain_length = 0;      // certificates sent; 0: nothing was shown
  std::int64_t not_before = 0;       // of the server's own, Unix seconds
  std::int64_t not_after = 0;        // of the server's own
  std::int64_t chain_not_after = 0;  // of whichever of the chain ends first
  std::string subject;
  std::string issuer;
  std::string names;   // DNS names and addresses, each followed by a newline
  std::string sha256;  // of the server's own, in hexadecimal digits
  std::string version;
  std::string cipher;
};

// Before the handshake: has the chain noted as it comes in, so before it is refused. *shown
// outlives the handshake.
void note_chain(SSL* ssl, TlsShown* shown);

// After it: what was agreed.
void note_agreement(SSL* ssl, TlsShown& shown);

}  // namespace muster
