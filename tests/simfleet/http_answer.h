// Whole HTTP/1.1 answers as bytes. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace muster::sim {

struct HttpAnswer {
  unsigned status = 200;
  std::string_view type = "application/json";
  std::string_view body = {};
  std::string_view headers = {};  // whole lines, each with its \r\n
  std::size_t missing_bytes = 0;  // Content-Length promises so many more than there are
};

void append_answer(std::string& out, const HttpAnswer& answer);
std::string answer_text(const HttpAnswer& answer);

// The head of an answer that ends at its first empty line: "Transfer-Encoding: chunked\r\n" ...
std::string answer_head(std::string_view headers);

}  // namespace muster::sim
