// One request from the first step to the answer: a kept or a new connection, write, read, decode,
// follow redirects. A kept connection that turns out dead before the first byte of the answer is
// replaced by a new one, once. Lives on its loop; kept alive by its own callbacks.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>

#include "common/net/http_client.h"
#include "common/net/http_connector.h"
#include "common/net/http_plan.h"

namespace muster {

class HttpFetch final : public HttpCall, public std::enable_shared_from_this<HttpFetch> {
 public:
  HttpFetch(std::shared_ptr<HttpLoop> shared, std::shared_ptr<const HttpPlan> plan,
            HttpClient::Done done);
  ~HttpFetch() override;

  void start();
  void time_out() override;
  void cancel() override;

 private:
  // The header fields of an answer are many and small: they share one block.
  using Allocator = std::pmr::polymorphic_allocator<char>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body, Allocator>;

  std::unique_ptr<HttpStream> take_kept();
  void open();
  void on_open(HttpConnector::Outcome outcome);
  void write();
  void on_unwritten(const boost::system::error_code& error);
  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void on_broken(const boost::system::error_code& error);
  void on_answer();
  void follow(const std::string& location);
  FailureReason take_body();
  void finish(FailureReason reason, std::string error);
  void deliver();
  int status() const;
  std::chrono::microseconds since_sent() const;

  const std::shared_ptr<HttpLoop> shared_;
  std::shared_ptr<const HttpPlan> plan_;
  HttpClient::Done done_;

  int redirects_ = 0;
  std::shared_ptr<HttpConnector> connector_;  // while one is opening
  std::unique_ptr<HttpStream> stream_;
  std::unique_ptr<HttpScratch> scratch_;
  boost::beast::flat_buffer& buffer_;
  std::pmr::monotonic_buffer_resource arena_;
  std::optional<Parser> parser_;
  HttpResponse response_;
  TimePoint sent_at_;
  bool kept_ = false;
  bool answered_ = false;
  bool finished_ = false;
};

}  // namespace muster
