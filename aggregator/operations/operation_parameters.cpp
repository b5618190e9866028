#include "aggregator/operations/operation_parameters.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

namespace muster {

OperationParameters parameters_of(const std::string& json,
                                  std::vector<ParameterMistake>* mistakes) {
  OperationParameters parameters;
  try {
    const auto object = Poco::JSON::Parser().parse(json).extract<Poco::JSON::Object::Ptr>();
    for (const auto& [name, value] : *object) {
      if (value.type() == typeid(std::string)) {
        parameters[name] = value.extract<std::string>();
      } else if (mistakes != nullptr) {
        mistakes->push_back({name, "wrong_type", "must be a string"});
      }
    }
  } catch (const Poco::Exception&) {  // no object: without parameters
  }
  return parameters;
}

}  // namespace muster
