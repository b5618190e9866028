#include "agent-shim/line_reader.h"

namespace muster::shim {
namespace {

constexpr std::size_t kMostBytes = 8 * 1024;

}  // namespace

Result<std::string> LineReader::line() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > kMostBytes) return fail(ErrorCode::kInvalid, "an endless line");
    if (auto more = fill(); !more) return fail(more.error());
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Result<std::string> LineReader::bytes(std::size_t count) {
  if (count > kMostBytes) return fail(ErrorCode::kInvalid, "an oversized message");
  while (buffer_.size() < count) {
    if (auto more = fill(); !more) return fail(more.error());
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

Result<void> LineReader::fill() {
  char chunk[1024];
  auto count = stream_.read(chunk, sizeof chunk, deadline_);
  if (!count) return fail(count.error());
  if (*count == 0) return fail(ErrorCode::kUnavailable, "it closed the connection");
  buffer_.append(chunk, *count);
  return {};
}

}  // namespace muster::shim
