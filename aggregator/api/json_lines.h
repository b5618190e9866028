// The lines of a body of application/x-ndjson, one at a time, from a body that is there or still
// comes. Never holds more than a piece of the body and a line. One request's, no locks.
#pragma once

#include <optional>
#include <string>

#include "aggregator/api/api_request.h"
#include "common/base/result.h"

namespace muster {

struct JsonLine {
  int number = 0;  // from 1, blank ones counted
  std::string text;
  bool too_long = false;  // then there is no text
};

class JsonLines {
 public:
  static constexpr std::size_t kLongestLine = 64 * 1024;

  explicit JsonLines(const ApiRequest& request)
      : source_(request.source.get()), buffer_(source_ ? "" : request.body) {}

  // The next line that is not blank; nothing at the end. An error ends the body.
  Result<std::optional<JsonLine>> next();

  int number() const { return number_; }  // of the last line

 private:
  Result<void> fill();
  Result<std::optional<JsonLine>> next_of_any_kind();
  JsonLine cut(std::size_t end);

  BodySource* source_;  // nullptr: what is left stands in the buffer
  std::string buffer_;
  std::size_t begin_ = 0;  // of what is unread
  int number_ = 0;
};

}  // namespace muster
