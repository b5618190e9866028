// What a plugin gets to see of a user's YAML: checked by the plugin's schema, defaults filled in.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "common/config/reader.h"
#include "common/config/schema.h"
#include "common/config/yaml_document.h"

namespace muster::test {

inline std::string configured(const char* schema_text, const std::string& yaml) {
  const Schema schema = Schema::builtin(schema_text);
  auto node = parse_yaml(yaml, "test.yaml");
  CPPUNIT_ASSERT_MESSAGE(yaml, node.has_value());
  const Faults faults = schema.apply(*node, Surroundings::system());
  CPPUNIT_ASSERT_MESSAGE(faults.empty() ? "" : faults.front().to_string(), faults.empty());
  return to_json(*node, schema.tree());
}

}  // namespace muster::test
