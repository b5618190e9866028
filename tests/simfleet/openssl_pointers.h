// OpenSSL's objects as values that free themselves.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace muster::sim {

template <auto Free>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslDeleter<::EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, OpensslDeleter<::X509_free>>;
using SslContextPointer = std::unique_ptr<SSL_CTX, OpensslDeleter<::SSL_CTX_free>>;

}  // namespace muster::sim
