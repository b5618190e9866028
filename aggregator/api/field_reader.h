// Takes a JSON object apart, field by field and typed, and collects what is wrong with it, so that
// the client hears of all mistakes at once; fields that nobody asked for are mistakes too.
// One request's, no locks.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/api/json_body.h"

namespace muster {

// A field may be absent, null or have a value; a merge patch tells the three apart.
template <typename T>
struct BodyField {
  bool given = false;      // there, and of the right type or null
  std::optional<T> value;  // none: null

  bool is_null() const { return given && !value; }
};

class FieldReader {
 public:
  explicit FieldReader(const JsonBody& body) : body_(body) {}

  BodyField<std::string> text(const std::string& name);
  BodyField<std::int64_t> integer(const std::string& name);
  BodyField<std::vector<std::string>> texts(const std::string& name);
  BodyField<std::string> object(const std::string& name);  // as JSON
  BodyField<JsonBody> nested(const std::string& name);     // to be read by a reader of its own

  void reject(const std::string& name, std::string code, std::string detail);

  // What a reader of the object in `name` found wrong.
  void adopt(const std::string& name, std::optional<Problem> inner);

  // Adds the fields that were not read; nothing when all is well.
  std::optional<Problem> finish();

 private:
  void wrong_type(const std::string& name, const std::string& expected);

  const JsonBody& body_;
  std::set<std::string> known_;
  std::vector<FieldError> errors_;
};

}  // namespace muster
