// Reads lines and byte counts from a Stream through a small buffer, for the text protocols of the
// checks. Lives in one check run.
#pragma once

#include <string>

#include "agent-shim/stream.h"

namespace muster::shim {

class LineReader {
 public:
  LineReader(Stream& stream, const Deadline& deadline) : stream_(stream), deadline_(deadline) {}

  // The next line without its CR LF. kInvalid when none ends within 8 KiB or the peer closes.
  Result<std::string> line();
  Result<std::string> bytes(std::size_t count);

 private:
  Result<void> fill();

  Stream& stream_;
  const Deadline& deadline_;
  std::string buffer_;
};

}  // namespace muster::shim
