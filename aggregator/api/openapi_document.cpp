#include "aggregator/api/openapi_document.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>

#include "aggregator/api/json_writer.h"

namespace muster {
namespace {

bool is_number(const std::string& text) {
  if (text.find_first_not_of("+-0123456789.eE") != std::string::npos) return false;
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && end == text.c_str() + text.size();
}

void write_scalar(JsonWriter& json, const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const bool quoted = node.Tag() == "!";
  if (!quoted && (text == "true" || text == "false" || text == "null" || is_number(text))) {
    json.raw(text);
  } else {
    json.value(text);
  }
}

void write_node(JsonWriter& json, const YAML::Node& node) {
  if (node.IsMap()) {
    json.begin_object();
    for (const auto& item : node) {
      json.key(item.first.Scalar());
      write_node(json, item.second);
    }
    json.end_object();
  } else if (node.IsSequence()) {
    json.begin_array();
    for (const YAML::Node& item : node) write_node(json, item);
    json.end_array();
  } else if (node.IsNull()) {
    json.value(nullptr);
  } else {
    write_scalar(json, node);
  }
}

}  // namespace

const std::string& openapi_json() {
  static const std::string kJson = yaml_as_json(std::string(kOpenapiYaml));
  return kJson;
}

std::string yaml_as_json(const std::string& yaml) {
  JsonWriter json;
  write_node(json, YAML::Load(yaml));
  return json.take();
}

}  // namespace muster
