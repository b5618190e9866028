#include "aggregator/spool/spool_directory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "common/base/file.h"

namespace muster {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".segment";
constexpr std::string_view kAside = ".damaged";  // behind the name of a segment

// 0 for another file.
std::int64_t number_of(const fs::path& path) {
  const std::string stem = path.stem().string();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  const bool whole = error == std::errc() && end == stem.data() + stem.size();
  return whole && path.extension() == kExtension ? number : 0;
}

// Of a segment that is put aside: its name is not given again while it is there.
std::int64_t number_aside(const fs::path& path) {
  return path.extension() == kAside ? number_of(path.stem()) : 0;
}

fs::path name_of(std::int64_t number) {
  std::array<char, 24> digits;
  std::snprintf(digits.data(), digits.size(), "%016lld", static_cast<long long>(number));
  return std::string(digits.data()) + std::string(kExtension);
}

}  // namespace

Result<SpoolDirectory> SpoolDirectory::open(fs::path path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return fail(ErrorCode::kDenied, "spool " + path.string() + ": " + error.message());
  auto lock =
      FileLock::take(path / "lock", "another musterd already uses the spool " + path.string());
  if (!lock) return fail(lock.error());
  SpoolDirectory directory(std::move(path), std::move(*lock));
  if (auto tidied = directory.tidy(); !tidied) return fail(tidied.error());
  return directory;
}

// A file that ends in its header was being begun when its process died: nothing was in it.
Result<void> SpoolDirectory::tidy() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    const std::int64_t number = number_of(entry.path());
    last_number_ = std::max({last_number_, number, number_aside(entry.path())});
    if (number == 0 || fs::file_size(entry.path(), error) >= kSegmentHeader || error) continue;
    if (auto removed = remove(entry.path()); !removed) return removed;
  }
  if (error) return fail(ErrorCode::kUnavailable, path_.string() + ": " + error.message());
  return {};
}

Result<std::vector<SealedSegment>> SpoolDirectory::segments() const {
  std::vector<SealedSegment> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    if (number_of(entry.path()) == 0) continue;
    const auto bytes = static_cast<std::int64_t>(fs::file_size(entry.path(), error));
    if (error) break;
    found.push_back({entry.path(), {}, kSegmentHeader, bytes});
  }
  if (error) return fail(ErrorCode::kUnavailable, path_.string() + ": " + error.message());
  std::ranges::sort(found, {},
                    [](const SealedSegment& segment) { return number_of(segment.path); });
  return found;
}

Result<SegmentWriter> SpoolDirectory::begin_segment() {
  auto segment = SegmentWriter::create(path_ / name_of(++last_number_));
  if (!segment) return segment;
  if (auto synced = sync_directory(path_); !synced) {
    ::unlink(segment->path().c_str());
    return fail(synced.error());
  }
  return segment;
}

Result<void> SpoolDirectory::remove(const fs::path& segment) {
  if (::unlink(segment.c_str()) != 0 && errno != ENOENT) return fail_errno(segment.string());
  return sync_directory(path_);
}

Result<void> SpoolDirectory::put_aside(const fs::path& segment) {
  const std::string aside = segment.string() + std::string(kAside);
  if (::rename(segment.c_str(), aside.c_str()) != 0) return fail_errno(segment.string());
  return sync_directory(path_);
}

}  // namespace muster
