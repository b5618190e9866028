#include "resp.h"

#include <charconv>

namespace redis_probe {
namespace {

using State = RespRead::State;
using Kind = RespValue::Kind;

constexpr std::size_t kMostLineBytes = 64 * 1024;
constexpr std::int64_t kMostItems = 1024;
constexpr int kMostDepth = 4;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  State value(RespValue& into, int depth) {
    std::string_view line;
    if (const State state = take_line(line); state != State::kWhole) return state;
    if (line.empty()) return State::kBroken;
    const char kind = line.front();
    line.remove_prefix(1);
    switch (kind) {
      case '+':
        return keep(into, Kind::kText, line);
      case '-':
        return keep(into, Kind::kError, line);
      case ':':
        return number(line) ? keep(into, Kind::kInteger, line) : State::kBroken;
      case '$':
        return bulk(into, number(line));
      case '*':
        return list(into, number(line), depth);
      default:
        return State::kBroken;
    }
  }
  std::size_t used() const { return used_; }

 private:
  State take_line(std::string_view& line) {
    const std::string_view rest = bytes_.substr(used_);
    const std::size_t end = rest.substr(0, kMostLineBytes).find('\n');
    if (end == std::string_view::npos) {
      return rest.size() < kMostLineBytes ? State::kNeedsMore : State::kBroken;
    }
    if (end == 0 || rest[end - 1] != '\r') return State::kBroken;
    line = rest.substr(0, end - 1);
    used_ += end + 1;
    return State::kWhole;
  }

  static std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t parsed = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), parsed);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return whole ? std::optional(parsed) : std::nullopt;
  }

  static State keep(RespValue& into, Kind kind, std::string_view text) {
    into.kind = kind;
    into.text = text;
    return State::kWhole;
  }

  State bulk(RespValue& into, std::optional<std::int64_t> size) {
    if (size == -1) return State::kWhole;  // null
    if (!size || *size < 0 || *size > static_cast<std::int64_t>(kMostBulkBytes)) {
      return State::kBroken;
    }
    const auto bytes = static_cast<std::size_t>(*size);
    const std::string_view rest = bytes_.substr(used_);
    if (rest.size() < bytes + 2) return State::kNeedsMore;
    if (rest.substr(bytes, 2) != "\r\n") return State::kBroken;
    used_ += bytes + 2;
    return keep(into, Kind::kText, rest.substr(0, bytes));
  }

  State list(RespValue& into, std::optional<std::int64_t> size, int depth) {
    if (size == -1) return State::kWhole;  // null
    if (!size || *size < 0 || *size > kMostItems || depth == kMostDepth) return State::kBroken;
    into.kind = Kind::kList;
    for (std::int64_t i = 0; i < *size; ++i) {
      const State state = value(into.items.emplace_back(), depth + 1);
      if (state != State::kWhole) return state;
    }
    return State::kWhole;
  }

  const std::string_view bytes_;
  std::size_t used_ = 0;
};

}  // namespace

RespRead read_resp(std::string_view bytes) {
  RespRead read;
  if (bytes.empty()) {
    read.state = State::kNeedsMore;
    return read;
  }
  Reader reader(bytes);
  read.state = reader.value(read.value, 0);
  read.size = reader.used();
  return read;
}

std::string to_command(const std::vector<std::string_view>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + std::string(word) + "\r\n";
  }
  return bytes;
}

}  // namespace redis_probe
