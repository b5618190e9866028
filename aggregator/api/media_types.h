// Content-Type and Accept (RFC 9110, 8.3 and 12.5.1), as far as an API of few types needs them.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace muster {

// "application/json; charset=utf-8" -> "application/json"; empty for any other charset.
std::string media_type(const std::string& content_type);

// Whether a client that sends this Accept takes this type; an empty one takes any.
bool accepts(std::string_view accept, std::string_view type);

}  // namespace muster
