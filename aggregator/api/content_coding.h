// gzip of what is sent: whether a client takes it, whether a response is worth it. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "aggregator/api/api_response.h"

namespace muster {

// `header`: the value of Accept-Encoding, RFC 9110, 12.5.3.
bool accepts_gzip(std::string_view header);

// Long enough, of a textual type, and not coded already.
bool worth_compressing(const ApiResponse& response);

// `level`: zlib's, 1 to 9. Empty when zlib has no memory.
std::string gzip(std::string_view text, int level = 1);

// Compresses a response that is worth it, if the client takes that, and says what it depends on.
void code_content(ApiResponse& response, bool client_takes_gzip);

}  // namespace muster
