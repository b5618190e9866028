#include "agent-shim/tcp_check.h"

namespace muster::shim {

Result<std::string> TcpCheck::run(const Deadline& deadline) const {
  const std::string where = target_.endpoint.to_string();
  auto stream = dial(target_.endpoint, deadline);
  if (!stream) return fail(stream.error().in(where));
  return where + " accepts connections";
}

}  // namespace muster::shim
