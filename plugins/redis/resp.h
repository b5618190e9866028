// Redis's protocol, RESP2: reads one value off the front of what was received, and writes commands.
// Pure; lengths, counts and depth are capped. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redis_probe {

struct RespValue {
  enum class Kind { kText, kError, kInteger, kNull, kList };
  Kind kind = Kind::kNull;
  std::string text;  // of a simple or bulk string, an error, a number
  std::vector<RespValue> items;
};

struct RespRead {
  enum class State { kWhole, kNeedsMore, kBroken };
  State state = State::kBroken;
  std::size_t size = 0;  // of a whole value in bytes
  RespValue value;
};

inline constexpr std::size_t kMostBulkBytes = 512 * 1024;

RespRead read_resp(std::string_view bytes);

std::string to_command(const std::vector<std::string_view>& words);

}  // namespace redis_probe
