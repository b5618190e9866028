// Entity tags of versions, and the conditional headers that name them (RFC 9110, 13.1). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

std::string entity_tag(std::int64_t version);  // "\"7\""

// Of what also shows things that change without a new version: "\"7-9f3b\"".
std::string entity_tag(std::int64_t version, std::string_view shown);

// If-Match compares versions, and strongly: a weak tag never matches. If-None-Match compares
// weakly, and the whole tag.
bool if_match(std::string_view header, std::int64_t version);
bool if_none_match(std::string_view header, const std::string& tag);  // true: answer 304

}  // namespace muster
