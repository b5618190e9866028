// One connected socket, never blocking beyond the deadline of the call, with TLS over it once
// start_tls() has succeeded. Used by checks (client) and connections (server). One thread at a
// time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "agent-shim/deadline.h"
#include "agent-shim/tls_context.h"
#include "common/base/result.h"
#include "common/base/unique_fd.h"

namespace muster::shim {

class Stream {
 public:
  explicit Stream(UniqueFd socket);  // makes it non-blocking

  // The handshake. A client proves that the certificate is for `server_name`; a server gives "".
  Result<void> start_tls(const TlsContext& context, const std::string& server_name,
                         const Deadline& deadline);

  Result<std::size_t> read(char* buffer, std::size_t size, const Deadline& deadline);  // 0: the end
  Result<void> write(std::string_view text, const Deadline& deadline);
  // No more of ours will follow; reads what the peer still sends (at most 64 KiB), so that closing
  // does not reset the connection while our last words are on the way.
  void finish(const Deadline& deadline);

 private:
  Result<std::size_t> read_tls(char* buffer, std::size_t size, const Deadline& deadline);
  Result<void> write_tls(std::string_view text, const Deadline& deadline);
  Result<void> wait_for_tls(int outcome, const Deadline& deadline);

  UniqueFd socket_;
  SslPointer ssl_;
};

}  // namespace muster::shim
