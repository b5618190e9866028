// Whole files, read and written the careful way: sizes capped, modes checked on the open
// descriptor, new files on disk before they are named.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace muster {

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes);

// A file that only its owner may read (0600 or less), without its trailing newline.
Result<Secret> read_secret_file(const std::filesystem::path& path);

// Writes beside `path`, fsyncs and renames, so that a crash leaves the old file or the new one.
Result<void> write_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

// All of `content` to an open file; `name` is for the error.
Result<void> write_all(int fd, const std::string& name, std::string_view content);

// Makes what was created or renamed in a directory last through a crash.
Result<void> sync_directory(const std::filesystem::path& directory);

}  // namespace muster
