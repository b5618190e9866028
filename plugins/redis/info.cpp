#include "info.h"

#include <algorithm>
#include <charconv>

namespace redis_probe {
namespace {

constexpr std::size_t kMostLines = 4096;
constexpr std::size_t kMostParts = 100;  // replicas or databases

std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// Of "a=1,b=2".
std::string_view part(std::string_view list, std::string_view key) {
  while (!list.empty()) {
    std::string_view value = take(list, ',');
    if (take(value, '=') == key) return value;
  }
  return {};
}
double number_part(std::string_view list, std::string_view key) {
  return to_number(part(list, key)).value_or(0);
}

// "slave0", "db15": the number behind is all that follows.
bool is_numbered(std::string_view key, std::string_view prefix) {
  return key.size() > prefix.size() && key.starts_with(prefix) &&
         key.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
}

}  // namespace

Info::Info(std::string_view text) {
  for (std::size_t i = 0; i < kMostLines && !text.empty(); ++i) {
    std::string_view line = take(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view key = take(line, ':');
    values_.emplace(key, line);
  }
}

std::string_view Info::text(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<double> Info::number(std::string_view key) const {
  return to_number(text(key));
}

std::vector<Info::Replica> Info::replicas() const {
  std::vector<Replica> all;
  const double written = number("master_repl_offset").value_or(0);
  for (const auto& [key, value] : values_) {
    if (!is_numbered(key, "slave") || all.size() == kMostParts) continue;
    Replica replica;
    replica.address = std::string(part(value, "ip")) + ":" + std::string(part(value, "port"));
    replica.online = part(value, "state") == "online";
    replica.lag_seconds = number_part(value, "lag");
    replica.lag_bytes = std::max(0.0, written - number_part(value, "offset"));
    all.push_back(std::move(replica));
  }
  return all;
}

std::vector<Info::Keyspace> Info::keyspaces() const {
  std::vector<Keyspace> all;
  for (const auto& [key, value] : values_) {
    if (!is_numbered(key, "db") || all.size() == kMostParts) continue;
    all.push_back({key, number_part(value, "keys"), number_part(value, "expires")});
  }
  return all;
}

std::optional<double> Info::lag_seconds() const {
  const auto down = number("master_link_down_since_seconds");
  return down ? down : number("master_last_io_seconds_ago");
}

std::optional<double> Info::lag_bytes() const {
  const auto read = number("slave_read_repl_offset");
  const auto done = number("slave_repl_offset");
  if (!read || !done) return std::nullopt;
  return std::max(0.0, *read - *done);
}

}  // namespace redis_probe
