// Reads what a client says about a server's own TLS material, the object in its field `tls`.
// Certificates come out as plain PEM, without what stood around them. Pure.
#pragma once

#include <optional>
#include <string>

#include "aggregator/api/field_reader.h"
#include "aggregator/storage/server_record.h"

namespace muster {

inline constexpr std::size_t kMostPemBytes = 64 * 1024;  // of each text

// As in a merge patch: what is not set stays, what is empty goes.
struct TlsInput {
  std::optional<std::string> ca_pem;
  std::optional<ClientCertificate> client_certificate;
};

// `has_key`: whether the server has a client certificate already. Mistakes go to the reader.
TlsInput read_tls(FieldReader& body, bool has_key);

}  // namespace muster
