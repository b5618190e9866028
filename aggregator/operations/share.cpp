#include "aggregator/operations/share.h"

#include <charconv>

namespace muster {
namespace {

constexpr int kMostAmount = 1'000'000;

}  // namespace

std::optional<Share> Share::parse(std::string_view text) {
  Share share;
  share.percent = text.ends_with('%');
  if (share.percent) text.remove_suffix(1);
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, share.amount);
  const int most = share.percent ? 100 : kMostAmount;
  if (error != std::errc() || stopped != end || share.amount < 0 || share.amount > most) {
    return std::nullopt;
  }
  return share;
}

}  // namespace muster
