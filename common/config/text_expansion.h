// ${NAME} in configuration text. Free functions, any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muster {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Each ${NAME} replaced by the environment variable NAME, $${ by ${. Replaced text is not looked
// at again. The error is a sentence about the first mistake.
Result<std::string> expand_text(std::string_view text, const Environment& environment);

}  // namespace muster
