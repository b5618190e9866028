#include "common/model/tls_identity.h"

#include <openssl/sha.h>

namespace muster {

std::string digest_of(const TlsIdentity& identity) {
  // With the lengths in front no part runs into the next.
  const Secret material(std::to_string(identity.ca_pem.size()) + ' ' +
                        std::to_string(identity.certificate_pem.size()) + ' ' + identity.ca_pem +
                        identity.certificate_pem + identity.key_pem.reveal());
  const std::string& bytes = material.reveal();
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace muster
