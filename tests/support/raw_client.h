// A TCP client of 127.0.0.1 that sends and reads when it is told to, from any loopback address: for
// tests of what happens to clients that are slow, odd or many. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace muster::test {

class RawClient {
 public:
  using Patience = std::chrono::milliseconds;

  // `receive_buffer` 0: the system's choice.
  explicit RawClient(std::uint16_t port, const std::string& source = "127.0.0.1",
                     int receive_buffer = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return socket_ >= 0; }

  // As much as the connection takes at once; false when it is broken.
  bool send(const std::string& bytes);
  std::size_t send_some(const std::string& bytes);  // how much it took
  void shut_down_sending();

  // Until this text has come, the other side has closed, or patience has run out; what had come
  // before is part of it. Returns whether the text is there.
  bool read_until(const std::string& text, Patience patience = std::chrono::seconds(10));
  bool read_to_end(Patience patience = std::chrono::seconds(10));  // false: not closed in time
  const std::string& received() const { return received_; }
  void forget() { received_.clear(); }

 private:
  enum class Read { kSome, kEnd, kNothing };
  Read read_some(std::chrono::steady_clock::time_point end);

  int socket_ = -1;
  std::string received_;
};

}  // namespace muster::test
