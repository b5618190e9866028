#include "aggregator/storage/archive_name.h"

#include <algorithm>

#include "common/base/rfc3339.h"

namespace muster {
namespace {

constexpr std::string_view kEnding = ".csv.zst";
constexpr std::string_view kShape = "YYYYMMDDTHHMMSSZ";

// RFC 3339 without what file names do not take well: bounds are whole seconds.
std::string compact(WallTime time) {
  std::string text;
  for (const char c : to_rfc3339(time).substr(0, 19)) {
    if (c != '-' && c != ':') text += c;
  }
  return text + 'Z';
}

std::optional<WallTime> parse_compact(std::string_view text) {
  if (text.size() != kShape.size()) return std::nullopt;
  std::string full(text);
  for (const std::size_t at : {13, 11}) full.insert(at, ":");
  for (const std::size_t at : {6, 4}) full.insert(at, "-");
  const auto time = parse_rfc3339(full);
  return time ? std::optional(*time) : std::nullopt;
}

}  // namespace

const PartitionedTable* find_partitioned_table(std::string_view name) {
  const auto found = std::ranges::find(kPartitionedTables, name, &PartitionedTable::name);
  return found == kPartitionedTables.end() ? nullptr : &*found;
}

std::string ArchiveName::to_string() const {
  return std::string(table->name) + '.' + compact(range.from) + '.' + compact(range.to) +
         std::string(kEnding);
}

std::optional<ArchiveName> ArchiveName::parse(std::string_view file_name) {
  if (!file_name.ends_with(kEnding)) return std::nullopt;
  file_name.remove_suffix(kEnding.size());
  const std::size_t tail = 2 * (kShape.size() + 1);
  if (file_name.size() <= tail) return std::nullopt;
  const std::string_view name = file_name.substr(0, file_name.size() - tail);
  const std::string_view bounds = file_name.substr(name.size());
  const auto* const table = find_partitioned_table(name);
  const auto from = parse_compact(bounds.substr(1, kShape.size()));
  const auto to = parse_compact(bounds.substr(kShape.size() + 2));
  if (table == nullptr || !from || !to || *to <= *from) return std::nullopt;
  if (bounds[0] != '.' || bounds[kShape.size() + 1] != '.') return std::nullopt;
  return ArchiveName{table, {*from, *to}};
}

}  // namespace muster
