#include "aggregator/storage/merge_patch.h"

#include <Poco/Dynamic/Var.h>
#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <sstream>

namespace muster {
namespace {

using Poco::Dynamic::Var;
using Poco::JSON::Object;

Object::Ptr object_of(const Var& value) {
  if (value.isEmpty() || value.type() != typeid(Object::Ptr)) return {};
  return value.extract<Object::Ptr>();
}

// Only the parser's depth limit (128) bounds the recursion, which is enough.
Object::Ptr merged(const Object::Ptr& target, const Object::Ptr& patch) {
  Object::Ptr result = target ? new Object(*target) : new Object();
  for (const auto& [name, value] : *patch) {
    if (value.isEmpty()) {
      result->remove(name);
    } else if (const Object::Ptr nested = object_of(value)) {
      result->set(name, merged(object_of(result->get(name)), nested));
    } else {
      result->set(name, value);
    }
  }
  return result;
}

Object::Ptr parsed(const std::string& text) {
  Poco::JSON::Parser parser;
  parser.setDepth(128);
  return object_of(parser.parse(text));
}

}  // namespace

Result<std::string> merge_patch(const std::string& target, const std::string& patch) {
  try {
    const Object::Ptr base = parsed(target);
    const Object::Ptr change = parsed(patch);
    if (!base || !change) return fail(ErrorCode::kInvalid, "metadata must be a JSON object");
    std::ostringstream text;
    merged(base, change)->stringify(text);
    return text.str();
  } catch (const Poco::Exception& fault) {
    return fail(ErrorCode::kInvalid, "metadata: " + fault.displayText());
  }
}

}  // namespace muster
