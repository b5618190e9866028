#include "tests/simfleet/behaviour.h"

#include <algorithm>
#include <charconv>

namespace muster::sim {
namespace {

using enum BehaviourKind;
using Argument = BehaviourEntry::Argument;

constexpr std::array<BehaviourEntry, kBehaviourCount> kTable{{
    {kHealthy, "healthy", Argument::kNone, "the contract document, 200"},
    {kDegraded, "degraded", Argument::kNone, "a component is slow, 200"},
    {kUnhealthy, "unhealthy", Argument::kNone, "components fail, 503"},
    {kSlow, "slow", Argument::kMilliseconds, "healthy, after MS milliseconds"},
    {kHang, "hang", Argument::kNone, "accepts, reads, never answers"},
    {kDrip, "drip", Argument::kNone, "healthy, at one byte a second"},
    {kReset, "reset", Argument::kNone, "resets the connection in mid body"},
    {kClose, "close", Argument::kNone, "closes the connection in mid body"},
    {kRefuse, "refuse", Argument::kNone, "resets before a byte is answered"},
    {kHuge, "huge", Argument::kNone, "a body of 1 GiB"},
    {kEndless, "endless", Argument::kNone, "chunks without end"},
    {kEndlessHeaders, "endless-headers", Argument::kNone, "header lines without end"},
    {kGzipBomb, "gzip-bomb", Argument::kNone, "200 kB of gzip that decode to 200 MiB"},
    {kRedirectLoop, "redirect-loop", Argument::kNone, "302 to itself"},
    {kRedirect, "redirect", Argument::kUrl, "302 to URL"},
    {kBadJson, "bad-json", Argument::kNone, "a document that does not parse"},
    {kDeepJson, "deep-json", Argument::kNone, "arrays 100,000 deep"},
    {kBadUtf8, "bad-utf8", Argument::kNone, "bytes that are not UTF-8 in strings"},
    {kEmpty, "empty", Argument::kNone, "200 with no body"},
    {kHtml, "html", Argument::kNone, "200 with a web page"},
    {kStatus, "status", Argument::kStatus, "an answer with status CODE"},
    {kUnauthorized, "unauthorized", Argument::kNone, "401 without the bearer token"},
    {kFlapping, "flapping", Argument::kSeconds, "healthy and unhealthy, SECONDS each"},
    {kKeepaliveClose, "keepalive-close", Argument::kNone, "healthy, then closes unannounced"},
    {kTruncated, "truncated", Argument::kNone, "Content-Length larger than the body"},
    {kBadChunk, "bad-chunk", Argument::kNone, "a chunk size that is no number"},
    {kSsh, "ssh", Argument::kNone, "speaks SSH instead"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "the table is indexed by kind");

struct Bounds {
  unsigned least;
  unsigned most;
};

constexpr Bounds bounds(Argument argument) {
  switch (argument) {
    case Argument::kMilliseconds:
      return {0, 86'400'000};
    case Argument::kSeconds:
      return {1, 86'400};
    default:
      return {200, 599};
  }
}

Result<Behaviour> with_number(const BehaviourEntry& entry, std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  const Bounds in = bounds(entry.argument);
  if (error != std::errc() || end != text.end() || number < in.least || number > in.most) {
    return fail(ErrorCode::kInvalid, std::string(entry.name) + ": expected a number from " +
                                         std::to_string(in.least) + " to " +
                                         std::to_string(in.most));
  }
  return Behaviour{entry.kind, number, {}};
}

// It goes into a header line as it is.
bool fits_a_header(std::string_view url) {
  return !url.empty() && std::ranges::all_of(url, [](char c) { return c > ' ' && c < 127; });
}

}  // namespace

const std::array<BehaviourEntry, kBehaviourCount>& behaviour_table() {
  return kTable;
}

Result<Behaviour> parse_behaviour(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto entry = std::ranges::find(kTable, name, &BehaviourEntry::name);
  if (entry == kTable.end()) {
    return fail(ErrorCode::kInvalid, "'" + std::string(name) + "' is no behaviour");
  }
  const bool has_argument = colon != std::string_view::npos;
  if (has_argument != (entry->argument != Argument::kNone)) {
    return fail(ErrorCode::kInvalid,
                std::string(name) + (has_argument ? " takes no argument" : " needs an argument"));
  }
  if (!has_argument) return Behaviour{entry->kind, 0, {}};
  const std::string_view argument = text.substr(colon + 1);
  if (entry->argument != Argument::kUrl) return with_number(*entry, argument);
  if (!fits_a_header(argument)) return fail(ErrorCode::kInvalid, "redirect: not a URL");
  return Behaviour{entry->kind, 0, std::string(argument)};
}

}  // namespace muster::sim
