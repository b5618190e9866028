#include "aggregator/api/field_reader.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Stringifier.h>

#include <sstream>

#include "aggregator/api/json_tree.h"

namespace muster {
namespace {

using Var = Poco::Dynamic::Var;

std::string pointer_to(const std::string& name) {  // RFC 6901
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace

BodyField<std::string> FieldReader::text(const std::string& name) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  const Var value = root.get(name);
  if (value.isEmpty()) return {true, std::nullopt};
  if (value.type() == typeid(std::string)) return {true, value.extract<std::string>()};
  wrong_type(name, "a string");
  return {};
}

BodyField<std::int64_t> FieldReader::integer(const std::string& name) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  const Var value = root.get(name);
  if (value.isEmpty()) return {true, std::nullopt};
  if (value.isInteger() && !value.isBoolean()) {
    try {
      return {true, value.convert<std::int64_t>()};
    } catch (const Poco::Exception&) {  // larger than any
    }
  }
  wrong_type(name, "an integer");
  return {};
}

BodyField<std::vector<std::string>> FieldReader::texts(const std::string& name) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  if (root.get(name).isEmpty()) return {true, std::nullopt};
  const auto array = root.getArray(name);
  if (!array) {
    wrong_type(name, "an array of strings");
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const Var item = array->get(static_cast<unsigned>(i));
    if (item.type() == typeid(std::string)) {
      texts.push_back(item.extract<std::string>());
    } else {
      wrong_type(name + "/" + std::to_string(i), "a string");
    }
  }
  return {true, std::move(texts)};
}

BodyField<std::string> FieldReader::object(const std::string& name) {
  const auto inner = nested(name);
  if (!inner.value) return {inner.given, std::nullopt};
  std::ostringstream json;
  Poco::JSON::Stringifier::stringify(inner.value->tree().root, json, 0, -1,
                                     Poco::JSON_WRAP_STRINGS);
  return {true, json.str()};
}

BodyField<JsonBody> FieldReader::nested(const std::string& name) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  if (root.get(name).isEmpty()) return {true, std::nullopt};
  const auto object = root.getObject(name);
  if (!object) {
    wrong_type(name, "an object");
    return {};
  }
  return {true, JsonBody(JsonBody::Tree{object})};
}

void FieldReader::adopt(const std::string& name, std::optional<Problem> inner) {
  if (!inner) return;
  for (FieldError& error : inner->errors) {
    error.where = "/" + name + error.where;
    errors_.push_back(std::move(error));
  }
}

void FieldReader::reject(const std::string& name, std::string code, std::string detail) {
  errors_.push_back({"/" + name, std::move(code), std::move(detail), FieldError::In::kBody});
}

void FieldReader::wrong_type(const std::string& name, const std::string& expected) {
  reject(name, "wrong_type", "must be " + expected);
}

std::optional<Problem> FieldReader::finish() {
  for (const std::string& name : body_.tree().root->getNames()) {
    if (known_.contains(name)) continue;
    errors_.push_back(
        {pointer_to(name), "unknown_field", "there is no such field", FieldError::In::kBody});
  }
  if (errors_.empty()) return std::nullopt;
  const std::string count = std::to_string(errors_.size());
  return Problem{ProblemCode::kValidationFailed,
                 errors_.size() == 1 ? "1 mistake in the body" : count + " mistakes in the body",
                 std::move(errors_),
                 {}};
}

}  // namespace muster
