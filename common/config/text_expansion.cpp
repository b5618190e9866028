#include "common/config/text_expansion.h"

#include <algorithm>
#include <cctype>

namespace muster {
namespace {

bool is_name(std::string_view name) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), allowed);
}

// Does not repeat what stands in the braces: it may be part of a password.
tl::unexpected<Error> not_a_name() {
  return fail(ErrorCode::kInvalid,
              "\"${\" must be followed by the name of an environment variable and \"}\"; write "
              "$${ for a plain ${");
}

}  // namespace

Result<std::string> expand_text(std::string_view text, const Environment& environment) {
  std::string expanded;
  while (true) {
    const std::size_t start = text.find("${");
    expanded += text.substr(0, start);
    if (start == std::string_view::npos) return expanded;
    text.remove_prefix(start + 2);
    if (!expanded.empty() && start > 0 && expanded.back() == '$') {
      expanded += '{';
      continue;
    }
    const std::string name(text.substr(0, text.find('}')));
    if (name.size() == text.size() || !is_name(name)) return not_a_name();
    const auto value = environment(name);
    if (!value) {
      return fail(ErrorCode::kNotFound, "the environment variable " + name + " is not set");
    }
    expanded += *value;
    text.remove_prefix(name.size() + 1);
  }
}

}  // namespace muster
