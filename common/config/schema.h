// Checks a Node tree against a schema and fills in its defaults, reporting every fault at once.
// The schema is a subset of JSON Schema, written as YAML or JSON: type (object, array, string,
// integer, number, boolean), properties, additionalProperties (a schema, for maps with free keys),
// required, items, enum, minimum, maximum, minLength, maxLength, pattern, minItems, maxItems,
// uniqueItems, default, description, format (duration, calendar-span, bytes, url, http-url,
// postgres-url, host, port, cidr, path, regex), and x-muster-secret. Unknown keys are faults that
// name the nearest known one.
//
// minimum and maximum also bound durations and sizes ("minimum: 1s"). A map without properties and
// additionalProperties is open, a value without a type is left as it is. `key:` with nothing
// behind it counts as absent. An absent map with `default: {}` gets the defaults inside it.
//
// In typed values ${NAME} is replaced by the environment variable NAME ($${ stands for ${). A field
// marked x-muster-secret also takes {file: PATH}: the content of a file that only its owner may
// read. Relative paths, there and in values of format path, start at the folder of the file that
// holds them. Each component keeps its schema as text next to the code that reads the values.
// Immutable after parse(), any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/config/node.h"

namespace muster {

// What a schema check may ask of the system; tests give their own.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<Result<std::string>(const std::filesystem::path&)> secret_file;

  static Surroundings system();
};

class Schema {
 public:
  // Fails with a sentence when the schema itself is wrong (a plugin's may be).
  static Result<Schema> parse(std::string_view text);
  // For schemas that are part of Muster: a mistake in one is a bug and asserts.
  static Schema builtin(std::string_view text);

  // `node` gains defaults and replaced text, and is then safe to read with the functions of
  // reader.h. Returns all faults, in the order of the file; empty means valid.
  Faults apply(Node& node, const Surroundings& surroundings) const;

  // A Node for documentation: the schema's own tree.
  const Node& tree() const { return *tree_; }

 private:
  explicit Schema(Node tree);
  std::shared_ptr<const Node> tree_;
};

}  // namespace muster
