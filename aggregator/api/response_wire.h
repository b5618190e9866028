// A response as it goes over the wire. Pure, but for the date; called on [api-N].
#pragma once

#include <memory>
#include <string>

#include "aggregator/api/api_response.h"

namespace muster {

// What the request says about its answer.
struct AnswerTerms {
  std::string request_id;
  bool is_1_0 = false;
  bool head_only = false;  // HEAD
  bool keep_alive = false;
  bool takes_gzip = false;
};

struct WireResponse {
  std::string head;
  std::string body;
  bool keep_alive = false;
  std::shared_ptr<EventStream> stream;  // goes on behind the body
  bool chunked = false;  // the stream; otherwise the end of the connection is its end
};

WireResponse to_wire(ApiResponse response, const AnswerTerms& terms);

// A chunk of RFC 9112, 7.1; an empty one is the last.
std::string to_chunk(const std::string& bytes);

}  // namespace muster
