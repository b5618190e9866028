// One pass of a schema over a Node tree: replaces text, fills in defaults, collects faults. Used by
// Schema::apply; lives on the stack of one thread.
#pragma once

#include <string>
#include <string_view>

#include "common/config/schema.h"

namespace muster {

class SchemaCheck {
 public:
  SchemaCheck(const Surroundings& surroundings, Faults& faults)
      : surroundings_(surroundings), faults_(faults) {}

  // `name` is what messages call the value; empty at the root.
  void check(Node& node, const Node& schema, const std::string& name);

 private:
  void check_map(Node& node, const Node& schema, const std::string& name);
  void check_entry(Node::Entry& entry, const Node& schema);
  void unknown_key(const Node::Entry& entry, const Node& schema);
  void fill_in(Node& node, const Node& schema);
  void check_list(Node& node, const Node& schema, const std::string& name);
  void check_scalar(Node& node, const Node& schema, const std::string& name);
  void check_string(const Node& node, const Node& schema, const std::string& name);
  void check_range(const Node& node, const Node& schema, const std::string& name);
  bool expand(Node& node, const std::string& name);
  bool check_foreign_text(const Node& node, const std::string& name);
  void read_secret_map(Node& node, const std::string& name);
  void fault(const Node& node, const std::string& name, std::string_view message);

  const Surroundings& surroundings_;
  Faults& faults_;
};

}  // namespace muster
