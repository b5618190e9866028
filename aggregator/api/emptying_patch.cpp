#include "aggregator/api/emptying_patch.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "aggregator/api/json_writer.h"

namespace muster {

std::string emptying_patch(const std::string& object_json) {
  const auto object = Poco::JSON::Parser().parse(object_json).extract<Poco::JSON::Object::Ptr>();
  JsonWriter patch;
  patch.begin_object();
  for (const std::string& name : object->getNames()) patch.member(name, nullptr);
  return patch.end_object().take();
}

}  // namespace muster
