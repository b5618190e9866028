// Values for schemas of the contract, mostly good ones, and requests' bodies made of them. The same
// seed says the same. One a test, one thread.
#pragma once

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Query.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "common/base/uuid.h"

namespace muster::test {

class RequestGenerator {
 public:
  using Object = Poco::JSON::Object::Ptr;

  RequestGenerator(Object document, unsigned seed)
      : document_(std::move(document)), random_(seed) {}

  // Stands in every text from now on, so that it can be found again who wrote it.
  void speak_as(const std::string& marker) { marker_ = marker; }
  // Of something that is there: where an id is wanted, it is mostly one of these.
  void learn(const std::string& id) { ids_.push_back(id); }

  template <typename T>
  const T& one_of(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool once_in(std::size_t count) { return below(count) == 0; }

  // JSON text.
  std::string value(Object schema, int depth = 0) {
    if (once_in(20)) return nonsense();
    schema = resolved(schema);
    if (schema->has("const")) return schema->getValue<bool>("const") ? "true" : "false";
    if (schema->has("enum")) return quoted(any_of(schema->getArray("enum")));
    if (schema->has("oneOf")) return value(item(schema->getArray("oneOf")), depth);
    if (schema->has("allOf")) return object(merged(schema), depth);
    const std::string type = type_of(schema);
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "integer") return std::to_string(static_cast<int>(below(20)) - 2);
    if (type == "boolean") return once_in(2) ? "true" : "false";
    return type == "null" ? "null" : quoted(text(schema->optValue<std::string>("format", "")));
  }

  // JSON lines, of which one in many is something else.
  std::string lines(const Object& schema) {
    std::string text;
    for (std::size_t i = below(6); i > 0; --i) text += value(schema) + (once_in(9) ? "\n\n" : "\n");
    return text;
  }

  std::string id() {
    return ids_.empty() || once_in(4) ? Uuid::random().to_string() : one_of(ids_);
  }

  // As it stands in a query or a header.
  std::string plain(const Object& schema) {
    const std::string json = value(schema);
    return json.size() > 1 && json.front() == '"' ? json.substr(1, json.size() - 2) : json;
  }

  Object resolved(Object schema) const {
    while (schema->has("$ref")) {
      std::string place = schema->getValue<std::string>("$ref").substr(2);
      std::ranges::replace(place, '/', '.');
      schema = Poco::JSON::Query(document_).findObject(place);
    }
    return schema;
  }

 private:
  std::string nonsense() {
    static const std::vector<std::string> kNonsense{"null",
                                                    "true",
                                                    "-1",
                                                    "1e400",
                                                    "9223372036854775808",
                                                    "0.5",
                                                    "[]",
                                                    "{}",
                                                    "[[[[[[]]]]]]",
                                                    R"("")",
                                                    R"("'; DROP TABLE managed_servers; --")",
                                                    R"("%00%ff")",
                                                    R"("\u0000")",
                                                    R"("\ud800")",
                                                    "\"\xc3\x28\"",
                                                    "\"" + std::string(5'000, 'x') + "\"",
                                                    R"("..\/..\/etc")",
                                                    R"({"":""})",
                                                    R"("10%")",
                                                    "nul",
                                                    "\"",
                                                    "{",
                                                    R"("2026-13-40T25:00:00Z")"};
    return one_of(kNonsense);
  }

  std::string text(const std::string& format) {
    if (format == "uuid") return id();
    if (format == "date-time") return "2026-11-2" + std::to_string(below(10)) + "T08:00:00Z";
    if (format == "uri") return "http://" + marker_ + ".example";
    if (once_in(20)) return id();
    static const std::vector<std::string> kTexts{"web", "eu", "a b", "ü", "10%", "name-", "x'y"};
    return marker_ + one_of(kTexts) + std::to_string(below(1'000));
  }

  static std::string quoted(const std::string& text) { return '"' + text + '"'; }
  std::string any_of(const Poco::JSON::Array::Ptr& items) {
    return items->get(static_cast<unsigned>(below(items->size()))).toString();
  }
  Object item(const Poco::JSON::Array::Ptr& items) {
    return items->getObject(static_cast<unsigned>(below(items->size())));
  }

  std::string type_of(const Object& schema) {
    if (!schema->has("type")) return schema->has("properties") ? "object" : "string";
    return schema->isArray("type") ? any_of(schema->getArray("type"))
                                   : schema->getValue<std::string>("type");
  }

  Object merged(const Object& schema) {
    Object all = new Poco::JSON::Object, properties = new Poco::JSON::Object;
    for (std::size_t i = 0; i < schema->getArray("allOf")->size(); ++i) {
      const Object part = resolved(schema->getArray("allOf")->getObject(static_cast<unsigned>(i)));
      const Object inner = part->getObject("properties");
      for (const auto& name : inner->getNames()) {
        if (!properties->has(name)) properties->set(name, inner->get(name));
      }
      if (part->has("required")) all->set("required", part->get("required"));
    }
    all->set("properties", properties);
    return all;
  }

  bool requires_field(const Object& schema, const std::string& name) const {
    const auto required = schema->getArray("required");
    for (std::size_t i = 0; required && i < required->size(); ++i) {
      if (required->getElement<std::string>(static_cast<unsigned>(i)) == name) return true;
    }
    return false;
  }

  std::string object(const Object& schema, int depth) {
    const Object properties = schema->getObject("properties");
    std::string text;
    for (const auto& name : properties ? properties->getNames() : std::vector<std::string>()) {
      const bool wanted = requires_field(schema, name) ? !once_in(20) : once_in(3);
      if (!wanted || depth > 4) continue;
      text += (text.empty() ? "" : ",") + quoted(name) + ":" +
              value(properties->getObject(name), depth + 1);
    }
    if (once_in(40)) text += (text.empty() ? "" : ",") + std::string(R"("unknown":1)");
    return "{" + text + "}";
  }

  std::string array(const Object& schema, int depth) {
    std::string text;
    for (std::size_t i = below(4); i > 0; --i) {
      text += (text.empty() ? "" : ",") + value(schema->getObject("items"), depth + 1);
    }
    return "[" + text + "]";
  }

  const Object document_;
  std::mt19937 random_;
  std::string marker_;
  std::vector<std::string> ids_;
};

}  // namespace muster::test
