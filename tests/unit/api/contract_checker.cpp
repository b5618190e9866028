#include "tests/unit/api/contract_checker.h"

#include <Poco/JSON/Parser.h>
#include <Poco/JSON/Query.h>

#include <algorithm>
#include <set>

#include "aggregator/api/openapi_document.h"
#include "common/base/rfc3339.h"
#include "common/base/uuid.h"

namespace muster::test {
namespace {

using Poco::Dynamic::Var;
using Array = Poco::JSON::Array::Ptr;
using Object = ContractChecker::Object;

constexpr std::size_t kItemsLookedAt = 100;  // of an array; a page of 10,000 would take seconds

std::vector<std::string> words_of(const Var& value) {
  if (value.type() != typeid(Array)) return {value.toString()};
  std::vector<std::string> words;
  for (const Var& word : *value.extract<Array>()) words.push_back(word.toString());
  return words;
}

std::vector<std::string> required_of(const Object& schema) {
  return schema->has("required") ? words_of(schema->get("required")) : std::vector<std::string>();
}

std::string type_of(const Var& value) {
  if (value.isEmpty()) return "null";
  if (value.type() == typeid(Object)) return "object";
  if (value.type() == typeid(Array)) return "array";
  if (value.isBoolean()) return "boolean";
  if (value.isString()) return "string";
  return value.isInteger() ? "integer" : "number";
}

bool is_of(const Var& value, const std::vector<std::string>& types) {
  const std::string type = type_of(value);
  return std::ranges::any_of(types, [&](const std::string& wanted) {
    return wanted == type || (wanted == "number" && type == "integer");
  });
}

bool has_format(const Var& value, const std::string& format) {
  if (format == "uuid") return Uuid::parse(value.toString()).has_value();
  if (format == "date-time") return parse_rfc3339(value.toString()).has_value();
  return true;
}

std::string bare(const std::string& content_type) {
  return content_type.substr(0, content_type.find(';'));
}

bool is_method(const std::string& name) {
  return name == "get" || name == "post" || name == "patch" || name == "delete";
}

}  // namespace

const ContractChecker& ContractChecker::of_this_build() {
  static const ContractChecker kChecker(openapi_json());
  return kChecker;
}

ContractChecker::ContractChecker(const std::string& document)
    : document_(Poco::JSON::Parser().parse(document).extract<Object>()) {
  const Object paths = document_->getObject("paths");
  for (const std::string& path : paths->getNames()) {
    for (std::string method : paths->getObject(path)->getNames()) {
      if (!is_method(method)) continue;
      const Object operation = paths->getObject(path)->getObject(method);
      std::ranges::transform(method, method.begin(), ::toupper);
      operations_[method + " " + path] = operation;
      paths_[method + " " + path] = paths->getObject(path);
    }
  }
}

std::vector<Object> ContractChecker::parameters(const std::string& operation) const {
  std::vector<Object> all;
  for (const Object& holder : {paths_.at(operation), operations_.at(operation)}) {
    const Array list = holder->getArray("parameters");
    for (unsigned i = 0; list && i < list->size(); ++i) all.push_back(resolved(list->getObject(i)));
  }
  return all;
}

std::string ContractChecker::body_type(const std::string& operation) const {
  const Object body = resolved(operations_.at(operation)->getObject("requestBody"));
  return body ? body->getObject("content")->getNames().front() : std::string();
}

Object ContractChecker::body_schema(const std::string& operation) const {
  const Object body = resolved(operations_.at(operation)->getObject("requestBody"));
  if (!body || !body->getObject("content")->has("application/json")) return {};
  return resolved(body->getObject("content")->getObject("application/json")->getObject("schema"));
}

Object ContractChecker::resolved(Object node) const {
  while (node && node->has("$ref")) {
    std::string place = node->getValue<std::string>("$ref").substr(2);
    std::ranges::replace(place, '/', '.');
    node = Poco::JSON::Query(document_).findObject(place);
  }
  return node;
}

std::map<std::string, Object> ContractChecker::fields(Object schema) const {
  std::map<std::string, Object> all;
  schema = resolved(schema);
  for (const char* parts : {"allOf", "oneOf"}) {
    const Array list = schema->getArray(parts);
    for (unsigned i = 0; list && i < list->size(); ++i) all.merge(fields(list->getObject(i)));
  }
  if (const Object own = schema->getObject("properties")) {
    for (const std::string& name : own->getNames()) all.emplace(name, own->getObject(name));
  }
  return all;
}

std::optional<std::string> ContractChecker::complaint(const std::string& operation,
                                                      const ApiResponse& response) const {
  const auto known = operations_.find(operation);
  if (known == operations_.end()) return "there is no operation " + operation;
  const std::string status = std::to_string(response.status);
  const Object promised = resolved(known->second->getObject("responses")->getObject(status));
  if (!promised) return operation + " is not said to answer " + status;
  Mistake mistake = wrong_headers(promised, response);
  if (!mistake) mistake = wrong_body(promised, response);
  if (!mistake) return std::nullopt;
  return operation + " " + status + ": " + *mistake;
}

ContractChecker::Mistake ContractChecker::wrong_headers(const Object& promised,
                                                        const ApiResponse& response) const {
  static const std::set<std::string> kNotOfTheContract{"Allow",
                                                       "Accept-Patch",
                                                       "WWW-Authenticate",
                                                       "Cache-Control",
                                                       "Vary",
                                                       "Content-Encoding",
                                                       "Content-Security-Policy",
                                                       "Set-Cookie",
                                                       "X-Accel-Buffering"};
  const Object headers = promised->getObject("headers");
  for (const auto& [name, value] : response.headers) {
    if (kNotOfTheContract.contains(name) || (headers && headers->has(name))) continue;
    return "the header " + name + " is not in the document";
  }
  return std::nullopt;
}

ContractChecker::Mistake ContractChecker::wrong_body(const Object& promised,
                                                     const ApiResponse& response) const {
  const Object content = promised->getObject("content");
  if (response.body.empty()) return std::nullopt;
  if (!content) return "has a body";
  const Object media = content->getObject(bare(response.content_type));
  if (!media) return "comes as " + response.content_type;
  if (!bare(response.content_type).ends_with("json") || response.header("Content-Encoding")) {
    return std::nullopt;
  }
  return wrong(Poco::JSON::Parser().parse(response.body), media->getObject("schema"), "");
}

ContractChecker::Mistake ContractChecker::wrong(const Var& value, Object schema,
                                                const std::string& place) const {
  schema = resolved(schema);
  if (schema->has("oneOf")) return wrong_choice(value, schema, place);
  if (schema->has("type") && !is_of(value, words_of(schema->get("type")))) {
    return place + " is of type " + type_of(value);
  }
  if (value.isEmpty()) return std::nullopt;
  if (schema->has("enum")) {
    const auto words = words_of(schema->get("enum"));
    if (std::ranges::find(words, value.toString()) == words.end()) {
      return place + " is " + value.toString();
    }
  }
  if (!has_format(value, schema->optValue<std::string>("format", ""))) {
    return place + " is no " + schema->getValue<std::string>("format");
  }
  if (value.type() == typeid(Object)) return wrong_object(value.extract<Object>(), schema, place);
  if (value.type() != typeid(Array) || !schema->has("items")) return std::nullopt;
  const Array items = value.extract<Array>();
  for (unsigned i = 0; i < std::min<std::size_t>(items->size(), kItemsLookedAt); ++i) {
    const std::string item = place + "/" + std::to_string(i);
    if (auto mistake = wrong(items->get(i), schema->getObject("items"), item)) return mistake;
  }
  return std::nullopt;
}

ContractChecker::Mistake ContractChecker::wrong_choice(const Var& value, const Object& schema,
                                                       const std::string& place) const {
  const Array choices = schema->getArray("oneOf");
  Mistake first;
  for (unsigned i = 0; i < choices->size(); ++i) {
    const Mistake mistake = wrong(value, choices->getObject(i), place);
    if (!mistake) return std::nullopt;
    if (!first) first = mistake;
  }
  return first;
}

ContractChecker::Mistake ContractChecker::wrong_object(const Object& value, const Object& schema,
                                                       const std::string& place) const {
  const Array parts = schema->getArray("allOf");
  std::vector<std::string> required = required_of(schema);
  for (unsigned i = 0; parts && i < parts->size(); ++i) {
    for (auto& name : required_of(resolved(parts->getObject(i)))) required.push_back(name);
  }
  for (const std::string& name : required) {
    if (!value->has(name)) return place + " lacks " + name;
  }
  const auto known = fields(schema);
  for (const auto& [name, inner] : *value) {
    if (auto mistake = wrong_field(schema, known, name, inner, place + "/" + name)) return mistake;
  }
  return std::nullopt;
}

ContractChecker::Mistake ContractChecker::wrong_field(const Object& schema,
                                                      const std::map<std::string, Object>& known,
                                                      const std::string& name, const Var& value,
                                                      const std::string& place) const {
  if (const auto found = known.find(name); found != known.end()) {
    return wrong(value, found->second, place);
  }
  if (const Object others = schema->getObject("additionalProperties")) {
    return wrong(value, others, place);
  }
  if (schema->has("additionalProperties") && schema->getValue<bool>("additionalProperties")) {
    return std::nullopt;
  }
  return place + " is not in the document";
}

}  // namespace muster::test
