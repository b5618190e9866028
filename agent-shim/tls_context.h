// OpenSSL settings shared by the sessions of one side: TLS 1.2 or newer; clients verify chain and
// name, always. Made only where a certificate or an https check is configured, because loading
// OpenSSL's algorithms costs memory. Immutable, thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "common/base/result.h"

extern "C" {
struct ssl_st;
struct ssl_ctx_st;
}

namespace muster::shim {

struct SslFree {
  void operator()(ssl_st* ssl) const;
  void operator()(ssl_ctx_st* context) const;
};
using SslPointer = std::unique_ptr<ssl_st, SslFree>;

class TlsContext {
 public:
  // Trusts the system's authorities, or only those in `ca_file` when it is given.
  static Result<TlsContext> client(const std::filesystem::path& ca_file);
  static Result<TlsContext> server(const std::filesystem::path& certificate,
                                   const std::filesystem::path& key);

  Result<SslPointer> session(int socket, const std::string& server_name) const;

 private:
  using Pointer = std::unique_ptr<ssl_ctx_st, SslFree>;
  TlsContext(Pointer context, bool client) : context_(std::move(context)), client_(client) {}

  Pointer context_;
  bool client_;
};

// Why the last TLS operation failed, in words; a certificate's fault first.
std::string tls_error(const ssl_st* ssl);

}  // namespace muster::shim
