// What a server answered, as the conditions see it. Borrowed for one judgement. Values.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace http_probe {

struct Answer {
  int status = 0;
  std::string_view body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  double seconds = 0;                         // from the name's resolution to the last byte
  std::int64_t certificate_seconds_left = 0;  // only meaningful with has_certificate
  bool has_certificate = false;
};

}  // namespace http_probe
