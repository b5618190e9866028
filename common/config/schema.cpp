#include "common/config/schema.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/base/file.h"
#include "common/config/schema_check.h"
#include "common/config/schema_rules.h"
#include "common/config/yaml_document.h"

namespace muster {

Surroundings Surroundings::system() {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  const auto secret_file = [](const std::filesystem::path& path) -> Result<std::string> {
    return read_secret_file(path).map([](const Secret& secret) { return secret.reveal(); });
  };
  return {environment, secret_file};
}

Schema::Schema(Node tree) : tree_(std::make_shared<const Node>(std::move(tree))) {}

Result<Schema> Schema::parse(std::string_view text) {
  auto tree = parse_yaml(text, "schema");
  const Faults faults = tree ? check_schema(*tree) : tree.error();
  if (!faults.empty()) return fail(ErrorCode::kInvalid, faults.front().to_string());
  return Schema(std::move(*tree));
}

Schema Schema::builtin(std::string_view text) {
  auto schema = parse(text);
  if (!schema) {
    std::fprintf(stderr, "a schema of Muster's own is wrong: %s\n", schema.error().message.c_str());
    std::abort();
  }
  return std::move(*schema);
}

Faults Schema::apply(Node& node, const Surroundings& surroundings) const {
  Faults faults;
  SchemaCheck(surroundings, faults).check(node, *tree_, "");
  const auto earlier = [](const Fault& a, const Fault& b) { return a.at < b.at; };
  std::stable_sort(faults.begin(), faults.end(), earlier);
  return faults;
}

}  // namespace muster
