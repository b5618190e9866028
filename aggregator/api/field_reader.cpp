#include "aggregator/api/field_reader.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Stringifier.h>

#include <sstream>

#include "aggregator/api/json_tree.h"

namespace muster {
namespace {

using Var = Poco::Dynamic::Var;

std::optional<std::string> text_of(const Var& value) {
  if (value.type() == typeid(std::string)) return value.extract<std::string>();
  return std::nullopt;
}

std::optional<std::string> amount_of(const Var& value) {
  if (value.isInteger() && !value.isBoolean()) return value.convert<std::string>();
  return text_of(value);
}

}  // namespace

std::string pointer_to(const std::string& name) {
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

BodyField<bool> FieldReader::boolean(const std::string& name) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  const Var value = root.get(name);
  if (value.isEmpty()) return {true, std::nullopt};
  if (value.isBoolean()) return {true, value.extract<bool>()};
  wrong_type(name, "true or false");
  return {};
}

BodyField<std::string> FieldReader::amount(const std::string& name) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  const Var value = root.get(name);
  if (value.isEmpty()) return {true, std::nullopt};
  if (auto amount = amount_of(value)) return {true, std::move(amount)};
  wrong_type(name, "a string or an integer");
  return {};
}

BodyField<std::vector<std::string>> FieldReader::texts(const std::string& name) {
  return items(name, text_of, "a string", "an array of strings");
}

BodyField<std::vector<std::string>> FieldReader::amounts(const std::string& name) {
  return items(name, amount_of, "a string or an integer", "an array of strings and integers");
}

template <typename Read>
BodyField<std::vector<std::string>> FieldReader::items(const std::string& name, Read read,
                                                       const std::string& one,
                                                       const std::string& all) {
  known_.insert(name);
  const auto& root = *body_.tree().root;
  if (!root.has(name)) return {};
  if (root.get(name).isEmpty()) return {true, std::nullopt};
  const auto array = root.getArray(name);
  if (!array) {
    wrong_type(name, all);
    return {};
  }
  std::vector<std::string> items;
  for (std::size_t i = 0; i < array->size(); ++i) {
    if (auto item = read(array->get(static_cast<unsigned>(i)))) {
      items.push_back(std::move(*item));
    } else {
      wrong_type(name + "/" + std::to_string(i), one);
    }
  }
  return {true, std::move(items)};
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

bool FieldReader::has(const std::string& name) const {
  return body_.tree().root->has(name);
}

bool FieldReader::is_null(const std::string& name) const {
  return has(name) && body_.tree().root->get(name).isEmpty();
}

void FieldReader::reject(const std::string& name, std::string code, std::string detail) {
  reject_at("/" + name, std::move(code), std::move(detail));
}

void FieldReader::reject_at(std::string pointer, std::string code, std::string detail) {
  errors_.push_back(
      {std::move(pointer), std::move(code), std::move(detail), FieldError::In::kBody});
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
