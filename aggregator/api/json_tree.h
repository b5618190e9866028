// What is inside a JsonBody; only for the .cpp files that know Poco.
#pragma once

#include <Poco/JSON/Object.h>

#include "aggregator/api/json_body.h"

namespace muster {

struct JsonBody::Tree {
  Poco::JSON::Object::Ptr root;
};

}  // namespace muster
