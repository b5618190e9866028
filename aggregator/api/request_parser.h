// One request out of the bytes of a connection: its head, then its body as it comes. Beast knows
// HTTP; what two readers of one stream could understand in two ways is refused here. No I/O; owned
// by its connection, on [api-io].
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  using Buffer = boost::beast::flat_buffer;

  static constexpr std::size_t kLongestHead = 16 * 1024;  // bytes

  RequestParser();

  // Takes the head from the front of `input` once it is there whole: then true.
  tl::expected<bool, Problem> take_head(Buffer& input);

  // Takes what there is of the body; true when that was the end of it.
  tl::expected<bool, Problem> take_body(Buffer& input);

  ApiRequest& request() { return request_; }
  bool is_1_0() const { return version_ < 11; }
  bool wants_keep_alive() const { return keep_alive(); }
  bool has_body() const { return !is_done(); }  // once the head is there
  std::uint64_t announced() const { return content_length().value_or(0); }  // bytes of the body

  std::uint64_t body_bytes() const { return body_bytes_; }  // until now
  std::string take_piece() { return std::move(piece_); }    // what came since the last call
  bool complete() { return is_done(); }

 private:
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;
  using Text = boost::beast::string_view;
  using ErrorCode = boost::system::error_code;

  std::optional<Problem> parse(Buffer& input);
  std::size_t append(Text bytes);

  void on_request_impl(Verb, Text method, Text target, int version, ErrorCode&) override;
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(Field, Text name, Text value, ErrorCode&) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text bytes, ErrorCode&) override { return append(bytes); }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCode&) override {
    return append(bytes);
  }
  void on_finish_impl(ErrorCode&) override {}

  ApiRequest request_;
  int version_ = 11;
  std::size_t searched_ = 0;  // bytes in which the head does not end
  std::string piece_;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace muster
