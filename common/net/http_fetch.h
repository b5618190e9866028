// One request from the first step to the answer: a kept or a new connection, write, read, decode,
// follow redirects. A kept connection that turns out dead before the first byte of the answer is
// replaced by a new one, once. Lives on its loop; kept alive by its own callbacks.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "common/net/http_client.h"
#include "common/net/http_connector.h"

namespace muster {

class HttpFetch final : public HttpCall, public std::enable_shared_from_this<HttpFetch> {
 public:
  HttpFetch(std::shared_ptr<HttpLoop> shared, const HttpRequest& request, HttpClient::Done done);

  void start();
  void time_out() override;
  void cancel() override;

 private:
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  void send_to(const Url& url);
  void open();
  void on_open(HttpConnector::Outcome outcome);
  void write();
  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void on_broken(const boost::system::error_code& error);
  void on_answer();
  void follow(const std::string& location);
  FailureReason take_body();
  void finish(FailureReason reason, std::string error);
  void deliver();
  std::chrono::microseconds since_sent() const;

  const std::shared_ptr<HttpLoop> shared_;
  const std::string method_;
  const std::string headers_;        // as sent, but for those that go to the first server only
  const std::string private_headers_;  // credentials
  const std::string body_;
  const std::uint32_t most_body_bytes_;
  const bool follows_;
  HttpClient::Done done_;

  Url url_;
  Url first_url_;
  std::string key_;
  std::string bytes_;  // the request on the wire
  int redirects_ = 0;
  std::shared_ptr<HttpConnector> connector_;  // while one is opening
  std::unique_ptr<HttpStream> stream_;
  std::optional<Parser> parser_;
  boost::beast::flat_buffer buffer_;
  HttpResponse response_;
  TimePoint sent_at_;
  bool kept_ = false;
  bool answered_ = false;
  bool finished_ = false;
};

}  // namespace muster
