// What one server's TLS has of its own: whom to trust, and who we are to it. Most servers have
// none. Immutable once published as a TlsIdentityPointer, shared by servers with equal material.
#pragma once

#include <memory>
#include <string>

#include "common/base/secret.h"

namespace muster {

struct TlsIdentity {
  std::string ca_pem;           // the only authorities for this server; empty: the daemon's own
  std::string certificate_pem;  // shown when the server asks, its chain behind it; empty: none
  Secret key_pem;               // of the certificate
};

// SHA-256 over all of it, to tell equal material by.
std::string digest_of(const TlsIdentity& identity);

using TlsIdentityPointer = std::shared_ptr<const TlsIdentity>;

}  // namespace muster
