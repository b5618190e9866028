// A client of the simulated fleet on a plain blocking socket, to any loopback address. Reads give
// up after some seconds. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/unique_fd.h"

namespace muster::test {

class SimClient {
 public:
  enum class End { kOpen, kClosed, kReset };

  SimClient(const std::string& address, std::uint16_t port);

  void send(const std::string& bytes);
  void get(const std::string& path, const std::string& headers = "");
  std::string read(std::size_t bytes);  // so many, or fewer when the connection ends
  std::string read_to_end();            // then end() tells which
  std::string read_answer();            // one with Content-Length
  bool has_something_to_read() const;   // now, without waiting

  End end() const { return end_; }
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  End end_ = End::kOpen;
};

std::string body_of(const std::string& answer);

}  // namespace muster::test
