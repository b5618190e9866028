// How Muster speaks TLS as a client: 1.2 or newer, peers always verified. The daemon's own context
// trusts the system's certificate authorities and, if set, a file of more; for_server() gives those
// of servers that want another. Immutable, shared by all loops.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/model/tls_identity.h"

namespace muster {

class TlsContextCache;

class TlsContext {
 public:
  // The daemon's own. `ca_file`: PEM, may be empty.
  static Result<std::shared_ptr<TlsContext>> make(const std::filesystem::path& ca_file);
  ~TlsContext();

  // [any] Of the daemon's own: the context for such a server, the same one for equal material as
  // long as somebody holds it. Fails with what is wrong with the material.
  Result<std::shared_ptr<TlsContext>> for_server(const TlsIdentity& identity);

  // Says apart what may not share connections and sessions; empty for the daemon's own.
  const std::string& name() const { return name_; }

  boost::asio::ssl::context& native() { return context_; }

 private:
  friend class TlsContextCache;
  explicit TlsContext(std::string name);
  Result<void> trust(const std::string& ca_pem);
  Result<void> show(const TlsIdentity& identity);

  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  const std::string name_;
  const std::unique_ptr<TlsContextCache> cache_;
};

}  // namespace muster
