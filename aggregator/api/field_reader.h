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
  BodyField<bool> boolean(const std::string& name);
  BodyField<std::vector<std::string>> texts(const std::string& name);
  BodyField<std::string> amount(const std::string& name);  // a string, or an integer as one
  BodyField<std::vector<std::string>> amounts(const std::string& name);
  BodyField<std::string> object(const std::string& name);  // as JSON
  BodyField<JsonBody> nested(const std::string& name);     // to be read by a reader of its own

  // One of a fixed set of words; `words` names them for the message.
  template <typename Parse>
  auto choice(const std::string& name, Parse parse, const std::string& words)
      -> decltype(parse("")) {
    const auto given = text(name);
    if (!given.value) return std::nullopt;
    const auto parsed = parse(*given.value);
    if (!parsed) reject(name, "invalid", "must be one of " + words);
    return parsed;
  }

  bool has(const std::string& name) const;  // also as null, or of a wrong type
  bool is_null(const std::string& name) const;

  void reject(const std::string& name, std::string code, std::string detail);
  void reject_at(std::string pointer, std::string code, std::string detail);

  // Rejects a field that is absent or null; one of a wrong type is rejected already.
  template <typename T>
  void require(const std::string& name, const BodyField<T>& field, std::string detail) {
    if (!has(name) || field.is_null()) reject(name, "required", std::move(detail));
  }

  // What a reader of the object in `name` found wrong.
  void adopt(const std::string& name, std::optional<Problem> inner);

  // Adds the fields that were not read; nothing when all is well.
  std::optional<Problem> finish();

 private:
  template <typename Read>
  BodyField<std::vector<std::string>> items(const std::string& name, Read read,
                                            const std::string& one, const std::string& all);
  void wrong_type(const std::string& name, const std::string& expected);

  const JsonBody& body_;
  std::set<std::string> known_;
  std::vector<FieldError> errors_;
};

std::string pointer_to(const std::string& name);  // "/a~1b" of a field "a/b" (RFC 6901)

}  // namespace muster
