// One parameter of a statement in PostgreSQL's text format, made from the types that we store.
// Values, no thread rule.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/uuid.h"

namespace muster {

class Param {
 public:
  Param(std::nullptr_t) {}
  Param(std::string_view text) : text_(text) {}
  Param(const std::string& text) : text_(text) {}
  Param(const char* text) : text_(text) {}
  Param(bool value) : text_(value ? "t" : "f") {}
  Param(double value);
  Param(WallTime time);
  Param(const Uuid& uuid) : text_(uuid.to_string()) {}
  Param(const std::vector<std::string>& texts);      // text[]
  Param(const std::vector<Uuid>& uuids);             // uuid[]
  Param(const std::vector<std::int64_t>& integers);  // bigint[], castable to int[], smallint[]
  Param(std::integral auto value) : text_(std::to_string(value)) {}
  template <typename T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param(*value);
  }

  static Param bytes(std::string_view blob);                        // bytea
  static Param byte_arrays(const std::vector<std::string>& blobs);  // bytea[]
  static Param times(const std::vector<WallTime>& times);           // timestamptz[]

  const char* data() const { return text_ ? text_->c_str() : nullptr; }

 private:
  std::optional<std::string> text_;
};

using Params = std::vector<Param>;

}  // namespace muster
