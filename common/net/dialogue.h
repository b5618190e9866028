// A dialogue with one server over TCP and, from some point on, TLS: one operation at a time. For
// protocols whose words come from a plugin. A failure closes it. Lives on its loop; kept alive by
// its own callbacks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/check_result.h"
#include "common/net/http_connector.h"
#include "common/net/http_loop.h"
#include "common/net/tls_shown.h"

namespace muster {

class Dialogue : public std::enable_shared_from_this<Dialogue> {
 public:
  static constexpr std::size_t kMostAtOnce = 64 * 1024;  // bytes that one read() gives

  struct Event {
    FailureReason reason = FailureReason::kNone;  // kNone: it was done
    std::string error;                            // a sentence for a person
    std::string_view data;  // of read(), until `done` returns; nothing: the server has ended
  };
  // Exactly once for each operation, never from inside it.
  using Done = std::function<void(const Event&)>;

  // `tls`: what start_tls() verifies with.
  Dialogue(std::shared_ptr<HttpLoop> shared, std::shared_ptr<TlsContext> tls);

  void connect(const std::string& host, std::uint16_t port, Done done);  // first, and once
  void start_tls(const std::string& name, Done done);
  void write(std::string bytes, Done done);
  void read(std::size_t most, Done done);

  // Ends what is under way, which gets the timeout of its kind, or kCancelled; and closes.
  void time_out();
  void cancel();

  bool busy() const { return done_ != nullptr; }
  const Phases& phases() const { return phases_; }
  const std::string& address() const { return address_; }  // whom it reached
  const TlsShown& shown() const { return shown_; }

 private:
  bool begin(Done done);
  void on_open(HttpConnector::Outcome outcome);
  void on_handshake(const boost::system::error_code& error, TimePoint began);
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void fail_with(FailureReason reason, std::string error);
  void break_off(const boost::system::error_code& error);
  void finish(Event event);

  const std::shared_ptr<HttpLoop> shared_;
  const std::shared_ptr<TlsContext> tls_;
  Done done_;                                                // while an operation is under way
  FailureReason timeout_ = FailureReason::kTimeoutResponse;  // what it would be now
  std::shared_ptr<HttpConnector> connector_;                 // while it is connecting
  std::unique_ptr<HttpStream> stream_;
  bool open_ = false;  // connected, and nothing has failed
  std::string out_;
  std::vector<char> in_;
  Phases phases_;
  std::string address_;
  TlsShown shown_;
};

}  // namespace muster
