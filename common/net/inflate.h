// Decodes a gzip or deflate body (RFC 9110, 8.4.1) up to a cap, so that a small body that decodes
// to a huge one costs no more than the cap. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/model/failure_reason.h"

namespace muster {

enum class Coding { kIdentity, kCompressed, kUnknown };

// By the value of Content-Encoding; empty is identity.
Coding coding_of(std::string_view content_encoding);

// kNone: `decoded` holds the whole body. Otherwise kBodyTooLarge, or kProtocol for damaged data.
FailureReason inflate_body(std::string_view encoded, std::size_t most_bytes, std::string& decoded);

}  // namespace muster
