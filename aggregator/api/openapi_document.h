// The contract of the API, openapi.yaml, as it is served: JSON for programs. Immutable, made when
// first asked for; any thread.
#pragma once

#include <string>
#include <string_view>

namespace muster {

extern const std::string_view kOpenapiYaml;  // the file, built in

const std::string& openapi_json();

// YAML to JSON: plain scalars by the core schema of YAML 1.2 (10.3), quoted ones as strings. Throws
// YAML::Exception, for text of our own only.
std::string yaml_as_json(const std::string& yaml);

}  // namespace muster
