// What a handler answers. Values; the front or a test reads them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aggregator/api/event_stream.h"

namespace muster {

using ResponseHeaders = std::vector<std::pair<std::string, std::string>>;

struct ApiResponse {
  int status = 200;
  std::string body;
  ResponseHeaders headers;
  std::string content_type = "application/json";  // sent when there is a body
  std::shared_ptr<EventStream> stream;            // follows the body, which then has no length

  const std::string* header(const std::string& name) const {
    for (const auto& [known, value] : headers) {
      if (known == name) return &value;
    }
    return nullptr;
  }
};

}  // namespace muster
