// What a handler answers. Values; Poco's front or a test reads them.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace muster {

using ResponseHeaders = std::vector<std::pair<std::string, std::string>>;

struct ApiResponse {
  int status = 200;
  std::string body;
  ResponseHeaders headers;
  std::string content_type = "application/json";  // sent when there is a body

  const std::string* header(const std::string& name) const {
    for (const auto& [known, value] : headers) {
      if (known == name) return &value;
    }
    return nullptr;
  }
};

}  // namespace muster
