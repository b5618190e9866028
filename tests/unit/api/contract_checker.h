// Holds answers of the API against openapi.yaml, as strictly as it can be read: a status, a header
// or a field that is not in the document is a mistake, unless a schema is open by
// additionalProperties. Immutable, for any thread.
#pragma once

#include <Poco/JSON/Object.h>

#include <map>
#include <optional>
#include <string>

#include "aggregator/api/api_response.h"
#include "aggregator/api/router.h"

namespace muster::test {

class ContractChecker {
 public:
  using Object = Poco::JSON::Object::Ptr;

  static const ContractChecker& of_this_build();

  explicit ContractChecker(const std::string& document);

  // What is wrong with this answer of the operation at "GET /path/{id}"; nothing when all is well.
  std::optional<std::string> complaint(const std::string& operation,
                                       const ApiResponse& response) const;

  // By "GET /path/{id}".
  const std::map<std::string, Object>& operations() const { return operations_; }
  // Those of its path are among them.
  std::vector<Object> parameters(const std::string& operation) const;
  // Of what it takes; empty: nothing. One that takes several types takes JSON.
  std::string body_type(const std::string& operation) const;
  // Of the JSON that it takes; null: none.
  Object body_schema(const std::string& operation) const;

  Object resolved(Object node) const;
  // The fields of an object, those of all parts of an allOf; for one that may be null too.
  std::map<std::string, Object> fields(Object schema) const;

 private:
  using Mistake = std::optional<std::string>;

  Mistake wrong_headers(const Object& promised, const ApiResponse& response) const;
  Mistake wrong_body(const Object& promised, const ApiResponse& response) const;
  Mistake wrong(const Poco::Dynamic::Var& value, Object schema, const std::string& place) const;
  Mistake wrong_choice(const Poco::Dynamic::Var& value, const Object& schema,
                       const std::string& place) const;
  Mistake wrong_object(const Object& value, const Object& schema, const std::string& place) const;
  Mistake wrong_field(const Object& schema, const std::map<std::string, Object>& known,
                      const std::string& name, const Poco::Dynamic::Var& value,
                      const std::string& place) const;

  Object document_;
  std::map<std::string, Object> operations_;
  std::map<std::string, Object> paths_;  // of the operations
};

}  // namespace muster::test
