#include "common/model/tls_identity.h"

#include "common/base/sha256.h"

namespace muster {

std::string digest_of(const TlsIdentity& identity) {
  // With the lengths in front no part runs into the next.
  const Secret material(std::to_string(identity.ca_pem.size()) + ' ' +
                        std::to_string(identity.certificate_pem.size()) + ' ' + identity.ca_pem +
                        identity.certificate_pem + identity.key_pem.reveal());
  return sha256(material.reveal());
}

}  // namespace muster
