#include "aggregator/storage/archive_stream.h"

#include <utility>

namespace muster {
namespace {

constexpr std::size_t kLongestHeader = 16UL * 1024;

// They become part of a statement.
bool are_plain_names(std::string_view names) {
  return !names.empty() &&
         names.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_,") == std::string::npos;
}

}  // namespace

Result<ArchiveStream> ArchiveStream::open(const std::filesystem::path& path) {
  auto file = ZstdReader::open(path);
  if (!file) return fail(file.error());
  ArchiveStream stream(std::move(*file));
  if (auto read = stream.read_header(); !read) return fail(read.error().in(path.string()));
  return stream;
}

Result<std::string_view> ArchiveStream::next() {
  given_ = std::exchange(first_rows_, "");
  if (!given_.empty()) return std::string_view(given_);
  return file_.next();
}

Result<void> ArchiveStream::read_header() {
  std::string text;
  while (text.find('\n') == std::string::npos) {
    const auto piece = file_.next();
    if (!piece) return fail(piece.error());
    if (piece->empty() || text.size() > kLongestHeader) {
      return fail(ErrorCode::kInvalid, "has no line that names the columns");
    }
    text += *piece;
  }
  const std::size_t end = text.find('\n');
  columns_ = text.substr(0, end);
  first_rows_ = text.substr(end + 1);
  if (!are_plain_names(columns_)) return fail(ErrorCode::kInvalid, "has strange column names");
  return {};
}

}  // namespace muster
