// Certificates and private keys in PEM text (RFC 7468). Certificates are read strictly: a text with
// anything else in it is refused, so that no key hides among what is shown to people. Pure; what is
// said of a mistake never quotes the text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"

struct x509_st;
struct evp_pkey_st;

namespace muster {

struct FreePem {
  void operator()(x509_st* certificate) const;
  void operator()(evp_pkey_st* key) const;
};
using CertificatePointer = std::unique_ptr<x509_st, FreePem>;
using PrivateKeyPointer = std::unique_ptr<evp_pkey_st, FreePem>;
using Certificates = std::vector<CertificatePointer>;  // in the order of the text, never empty

Result<Certificates> read_certificates(const std::string& pem);
Result<PrivateKeyPointer> read_private_key(const Secret& pem);  // not one behind a passphrase

// The certificates alone, without the comments that may stand between them.
std::string to_pem(const Certificates& certificates);

bool fits(const x509_st& certificate, const evp_pkey_st& key);
WallTime expiry_of(const x509_st& certificate);
std::string subject_of(const x509_st& certificate);  // RFC 2253, "CN=musterd,O=Example"

}  // namespace muster
