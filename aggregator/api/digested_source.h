// Another body, and the SHA-256 of all of it: that of a streamed request, which is not there whole
// when it is to be told from another one. One request's, on its thread api-N.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "aggregator/api/body_source.h"
#include "common/base/sha256_stream.h"

namespace muster {

class DigestedSource final : public BodySource {
 public:
  explicit DigestedSource(std::shared_ptr<BodySource> source) : source_(std::move(source)) {}

  Result<std::string> next() override;

  // In hexadecimal. Reads what is left, which the front bounds in bytes and in time; an error when
  // the body broke off. Once, at the end.
  Result<std::string> digest();

 private:
  const std::shared_ptr<BodySource> source_;
  Sha256Stream sha256_;
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace muster
