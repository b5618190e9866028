// Reads YAML into a Node tree. Refuses, with the place: files over 1 MiB, text that is not UTF-8,
// nesting deeper than 64, more than 100,000 values once aliases are resolved (alias bombs),
// duplicate keys, keys that are not plain text, more than one document. Free functions, any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/config/node.h"

namespace muster {

// An empty file is an empty map. On failure the faults are never empty.
tl::expected<Node, Faults> parse_yaml(std::string_view text, const std::string& file_name);
tl::expected<Node, Faults> load_yaml(const std::filesystem::path& path);

}  // namespace muster
