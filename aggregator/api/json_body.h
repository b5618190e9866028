// The JSON object in a request's body: UTF-8, bounded depth, no NUL, no key twice. Immutable;
// FieldReader takes it apart.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "aggregator/api/problem.h"

namespace muster {

class JsonBody {
 public:
  struct Tree;  // Poco's objects stay in the .cpp files

  static tl::expected<JsonBody, Problem> parse(const std::string& text);
  explicit JsonBody(Tree part);  // an object inside

  const Tree& tree() const { return *tree_; }

 private:
  std::shared_ptr<const Tree> tree_;
};

}  // namespace muster
