// Between the C structs of muster/probe.h and Muster's own types. Pure; what a plugin hands over is
// checked here: unknown numbers, lengths over their caps, text that is not UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "common/model/check_result.h"
#include "common/net/dialogue.h"
#include "common/net/http_message.h"
#include "common/net/name_lookup.h"
#include "muster/probe.h"

namespace muster {

inline constexpr std::size_t kMostMessageBytes = 1024;
inline constexpr std::size_t kMostNameBytes = 200;
inline constexpr std::size_t kMostComponents = 200;
inline constexpr std::size_t kMostMetrics = 2000;

// Text for people and the database: whole UTF-8 characters up to a cap, without control characters.
std::string tidy(std::string_view text, std::size_t most_bytes);

inline muster_str to_c(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view(muster_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

WordsPointer to_words(const muster_result& result);
CheckStatus to_status(muster_status status);  // unknown, when it is no number of ours
Finding to_finding(const muster_result& result, WordsPointer words);
// Everything that a request is made of, so that equal requests can be told by one comparison.
void gather_texts(const muster_http_request& request, std::string& texts);
HttpRequest to_request(const muster_http_request& request, const Url& url);
void with_c_response(const HttpResponse& response, muster_http_done done, void* user);
void with_c_event(const Dialogue::Event& event, const Dialogue& stream, muster_stream_done done,
                  void* user);

void with_c_names(const NameLookup::Found& found, muster_names_done done, void* user);

}  // namespace muster
