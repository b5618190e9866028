// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

// By Damerau-Levenshtein distance, at most a third of the word's length (at least 1, at most 3).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace muster
